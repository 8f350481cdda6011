import { isIP } from 'node:net'
import { GatewayError } from '../../model/errors.ts'
import type { HeaderFields } from '../../model/request.ts'
import type { CompiledCanary } from '../../variants/compile-canary.ts'

const ARGUMENTS = ['consumer', 'ip', 'header', 'cookie', 'route'] as const

export type DecisionArgument = (typeof ARGUMENTS)[number]
export type DecisionQuery = Readonly<Record<DecisionArgument, string | null>>

/** The arguments of the question, each at most once. Fails with invalid_options. */
export function readDecisionQuery(query: URLSearchParams): DecisionQuery {
  for (const name of query.keys()) {
    if (!ARGUMENTS.some((known) => known === name)) {
      throw refusal(name, `unknown; ask with ${ARGUMENTS.join(', ')}`)
    }
    if (query.getAll(name).length > 1) throw refusal(name, 'given more than once')
  }
  const ip = query.get('ip')
  if (ip !== null && isIP(ip) === 0) throw refusal('ip', `'${ip}' is not an IP address`)
  return {
    consumer: query.get('consumer'),
    ip,
    header: query.get('header'),
    cookie: query.get('cookie'),
    route: query.get('route'),
  }
}

/**
 * The header fields a request with these arguments would have. `header=value` stands for the header that the canary
 * hashes; `header=name:value` names it or the override header. `cookie=value` stands for the cookie that it hashes.
 */
export function fieldsAskedFor(query: DecisionQuery, canary: CompiledCanary | null): HeaderFields {
  const names: string[] = []
  const values: string[] = []
  if (query.header !== null) {
    const [name, value] = headerAskedFor(query.header, canary)
    names.push(name)
    values.push(value)
  }
  if (query.cookie !== null) {
    names.push('cookie')
    values.push(`${cookieName(canary)}=${cookieText(query.cookie)}`)
  }
  return { names, values }
}

function headerAskedFor(
  given: string,
  canary: CompiledCanary | null,
): readonly [name: string, value: string] {
  const hashed = stickyName(canary, 'header')
  const known = [hashed, canary?.overrideHeader ?? null].filter((name) => name !== null)
  const colon = given.indexOf(':')
  const name = given.slice(0, Math.max(0, colon)).trim().toLowerCase()
  if (known.includes(name)) return [name, given.slice(colon + 1).trim()]
  if (hashed !== null) return [hashed, given]
  throw refusal(
    'header',
    known.length === 0
      ? 'this canary looks at no header; ask with consumer or ip'
      : `this canary looks at the header '${known.join(', ')}' only; ask with header=${known[0]}:always`,
  )
}

function cookieName(canary: CompiledCanary | null): string {
  const name = stickyName(canary, 'cookie')
  if (name === null) {
    throw refusal('cookie', 'this canary looks at no cookie; ask with consumer, ip or header')
  }
  return name
}

function cookieText(value: string): string {
  if (value.includes(';')) throw refusal('cookie', 'a cookie value holds no semicolon')
  return value
}

function stickyName(canary: CompiledCanary | null, source: 'header' | 'cookie'): string | null {
  if (canary?.assignment.kind !== 'hash') return null
  const { stickyOn } = canary.assignment
  return stickyOn.source === source && 'name' in stickyOn ? stickyOn.name : null
}

function refusal(name: string, problem: string): GatewayError {
  const message = `query argument '${name}': ${problem}`
  return new GatewayError('invalid_options', message, {
    details: [{ path: [name], message: problem }],
  })
}
