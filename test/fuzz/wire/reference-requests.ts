import { METHODS } from 'node:http'
import {
  type ChunkedBody,
  type Field,
  INCOMPLETE,
  isToken,
  listed,
  type Read,
  readBytes,
  readChunks,
  readFields,
  readLine,
  refused,
  valuesOf,
} from './message-syntax.ts'
import { readDestination } from './reference-target.ts'

export interface ReferenceHead {
  readonly method: string
  /** As it is to be forwarded; `*` is for the gateway itself. */
  readonly target: string
  readonly version: '1.0' | '1.1'
  readonly fields: readonly Field[]
  readonly expectsContinue: boolean
  /** Whether the connection outlives the request; `maybe` where the server may choose. */
  readonly persists: 'yes' | 'no' | 'maybe'
}

export interface ReferenceRequest extends ReferenceHead, ChunkedBody {
  /** Where it begins and ends in the bytes. */
  readonly start: number
  readonly end: number
}

/** What there is behind the last whole request. `head`: of a request whose body is the matter; else null. */
export type ReferenceEnd =
  | { readonly kind: 'clean' }
  /** The last request ends the connection: nothing behind it is a request. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'incomplete'; readonly head: ReferenceHead | null }
  | { readonly kind: 'refused'; readonly why: string; readonly head: ReferenceHead | null }

export interface ReferenceReading {
  readonly requests: readonly ReferenceRequest[]
  readonly end: ReferenceEnd
}

/**
 * The requests in the bytes of one connection (one character per byte) that can be read in one way only.
 *
 * Written from RFC 9112 and reliability.md sections 3 and 4 alone, without a look at how the gateway does it. Where
 * the RFC leaves a choice, reliability.md decides: what it does not name as refused is read as the RFC allows.
 * @param maxFields how many a request may have
 */
export function readRequests(bytes: string, maxFields = MAX_FIELDS): ReferenceReading {
  const requests: ReferenceRequest[] = []
  for (let at = 0; ; ) {
    const start = firstAfterEmptyLines(bytes, at)
    if (start === bytes.length) return { requests, end: { kind: 'clean' } }
    const head = readHead(bytes, start, maxFields)
    if (head.kind !== 'read') return { requests, end: { ...head, head: null } }
    const body = readBody(bytes, head.end, head.value.fields)
    if (body.kind !== 'read') return { requests, end: { ...body, head: head.value } }
    requests.push({ ...head.value, ...body.value, start, end: body.end })
    if (head.value.persists === 'no') return { requests, end: { kind: 'closed' } }
    at = body.end
  }
}

/**
 * RFC 9112 section 2.2: empty lines before a request line are ignored, and a LF alone may end one. No message can hide
 * in them, whoever counts them how.
 */
function firstAfterEmptyLines(bytes: string, start: number): number {
  let at = start
  while (bytes[at] === '\r' || bytes[at] === '\n') at += 1
  return at
}

/** RFC 9112 section 3 lets several spaces stand for one; what is sent on is written anew. */
const REQUEST_LINE = /^([^ ]+) +([^ ]+) +HTTP\/1\.([01])$/
/** reliability.md section 3. */
const MAX_FIELDS = 100

/** Methods that Node's parser knows; it reads no others, which 501 and 400 both may say (RFC 9110 section 9.1). */
const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS)

function readHead(bytes: string, start: number, maxFields: number): Read<ReferenceHead> {
  const line = readLine(bytes, start)
  if (line.kind !== 'read') return line
  const [, method = '', target = '', minor] = REQUEST_LINE.exec(line.value) ?? []
  if (minor === undefined) return refused('no request line')
  if (!isToken(method) || !KNOWN_METHODS.has(method)) return refused('an unknown method')
  const read = readFields(bytes, line.end)
  if (read.kind !== 'read') return read
  const fields = read.value
  const version = minor === '0' ? '1.0' : '1.1'
  if (method === 'CONNECT' || method === 'TRACE') return refused(method)
  if (fields.length > maxFields) return refused('too many fields')
  const destination = readDestination({ method, target, version, hosts: valuesOf(fields, 'host') })
  if (destination.kind === 'refused') return destination
  const fault = framingFault(fields, version) ?? expectationFault(fields)
  if (fault !== null) return refused(fault)
  return {
    kind: 'read',
    end: read.end,
    value: {
      method,
      target: destination.target,
      version,
      fields,
      // RFC 9110 section 10.1.1: not from a client of HTTP/1.0.
      expectsContinue: version === '1.1' && valuesOf(fields, 'expect').length > 0,
      persists: persistence(fields, { version, isOwn: destination.target === '*' }),
    },
  }
}

/** RFC 9112 section 6.3, narrowed by reliability.md section 3: one length or one `chunked`, never both. */
function framingFault(fields: readonly Field[], version: string): string | null {
  const lengths = valuesOf(fields, 'content-length')
  const codings = valuesOf(fields, 'transfer-encoding')
  if (lengths.length + codings.length > 1) return 'more than one framing'
  for (const length of lengths) {
    if (!/^\d+$/.test(length)) return 'no length'
    if (!Number.isSafeInteger(Number(length))) return 'an overflowing length'
  }
  for (const coding of codings) {
    if (coding.toLowerCase() !== 'chunked') return 'another coding than chunked'
    if (version === '1.0') return 'chunked on HTTP/1.0'
  }
  return null
}

function expectationFault(fields: readonly Field[]): string | null {
  const expectations = valuesOf(fields, 'expect')
  if (expectations.length > 1) return 'two expectations'
  return expectations.every((value) => value.toLowerCase() === '100-continue')
    ? null
    : 'an unknown expectation'
}

/**
 * RFC 9112 section 9.3; a server of HTTP/1.0 clients may close, and Proxy-Connection means nothing sure. What is
 * answered without a 100 may be followed by its body or not (RFC 9110 section 10.1.1), so it may close as well.
 */
function persistence(
  fields: readonly Field[],
  { version, isOwn }: { readonly version: string; readonly isOwn: boolean },
): ReferenceHead['persists'] {
  const options = listed(fields, 'connection')
  if (options.includes('close')) return 'no'
  if (version === '1.0') return options.includes('keep-alive') ? 'maybe' : 'no'
  if (isOwn && valuesOf(fields, 'expect').length > 0) return 'maybe'
  return valuesOf(fields, 'proxy-connection').length > 0 ? 'maybe' : 'yes'
}

const NO_CHUNKS = { hasExtensions: false, mayBeRefused: false, trailers: [] } as const

function readBody(bytes: string, start: number, fields: readonly Field[]): Read<ChunkedBody> {
  if (valuesOf(fields, 'transfer-encoding').length > 0) return readChunks(bytes, start)
  const [length = '0'] = valuesOf(fields, 'content-length')
  const read = readBytes(bytes, start, Number(length))
  if (read.kind !== 'read') return INCOMPLETE
  return { ...read, value: { body: read.value, ...NO_CHUNKS } }
}
