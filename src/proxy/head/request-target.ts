import { normalizePath } from '../../model/normalize-path.ts'
import type { Scheme } from '../../model/request.ts'
import { type HeadRefused, refuse } from './head-refusal.ts'

export interface RequestTarget {
  readonly kind: 'target'
  /** Normal form; `*` for the server as a whole. */
  readonly path: string
  readonly rawPath: string
  /** With its leading `?`; `''` when there is none. */
  readonly query: string
  /** Scheme and authority of an absolute target, else null. */
  readonly scheme: Scheme | null
  readonly authority: string | null
}

/**
 * Reads the target of a request line, of at most `maxBytes`: origin-form, absolute-form with http or https, or `*` with OPTIONS
 * (RFC 9112 section 3.2). The query is passed on as sent; only the path is checked for escapes and put in normal form.
 * Refuses fragments, which have no place in a target (HAProxy let `#` through: CVE-2023-45539).
 */
export function parseTarget(
  method: string,
  target: string,
  maxBytes: number,
): RequestTarget | HeadRefused {
  if (target.length > maxBytes) return refuse('target_too_long')
  const queryStart = findQuery(target)
  if (queryStart === INVALID_TARGET) return refuse('target_syntax')
  if (target.charCodeAt(0) === SLASH) {
    const rawPath = queryStart === target.length ? target : target.slice(0, queryStart)
    const query = queryStart === target.length ? '' : target.slice(queryStart)
    return withPath(rawPath, { query, scheme: null, authority: null })
  }
  if (target === '*' && method === 'OPTIONS') return WHOLE_SERVER
  return parseAbsolute(method, target, queryStart)
}

const SLASH = 0x2f
const QUESTION_MARK = 0x3f
const NUMBER_SIGN = 0x23
const INVALID_TARGET = -1

const WHOLE_SERVER: RequestTarget = {
  kind: 'target',
  path: '*',
  rawPath: '*',
  query: '',
  scheme: null,
  authority: null,
}

/** Index of the `?`, the length when there is none, INVALID_TARGET for a character no target may hold. */
function findQuery(target: string): number {
  let queryStart = -1
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i)
    if (code <= 0x20 || code > 0x7e || code === NUMBER_SIGN) return INVALID_TARGET
    if (code === QUESTION_MARK && queryStart === -1) queryStart = i
  }
  return queryStart === -1 ? target.length : queryStart
}

function parseAbsolute(
  method: string,
  target: string,
  queryStart: number,
): RequestTarget | HeadRefused {
  const scheme = schemeOf(target)
  if (scheme === null) return refuse(target.includes('://') ? 'target_scheme' : 'target_syntax')
  const authorityStart = scheme.length + '://'.length
  const slash = target.indexOf('/', authorityStart)
  const authorityEnd = slash === -1 || slash > queryStart ? queryStart : slash
  const authority = target.slice(authorityStart, authorityEnd)
  const query = target.slice(queryStart)
  // RFC 9112 section 3.2.4: a bare authority means the whole server to OPTIONS, the root to all others.
  if (authorityEnd === target.length && method === 'OPTIONS') {
    return { ...WHOLE_SERVER, scheme, authority }
  }
  return withPath(target.slice(authorityEnd, queryStart) || '/', { query, scheme, authority })
}

function schemeOf(target: string): Scheme | null {
  const start = target.slice(0, 'https://'.length).toLowerCase()
  if (start === 'https://') return 'https'
  return start.startsWith('http://') ? 'http' : null
}

function withPath(
  rawPath: string,
  rest: Pick<RequestTarget, 'query' | 'scheme' | 'authority'>,
): RequestTarget | HeadRefused {
  const normal = normalizePath(rawPath)
  if (normal.kind === 'invalid') return refuse('path_syntax')
  const { query, scheme, authority } = rest
  return { kind: 'target', path: normal.path, rawPath, query, scheme, authority }
}
