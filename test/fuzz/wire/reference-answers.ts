import {
  type Field,
  listed,
  type Read,
  readBytes,
  readChunks,
  readFields,
  readLine,
  refused,
  valuesOf,
} from './message-syntax.ts'

export interface ReferenceAnswer {
  readonly status: number
  readonly fields: readonly Field[]
  readonly body: string
  /** It says that the connection ends behind it. */
  readonly closes: boolean
}

/** The request that is answered. */
export interface Answered {
  readonly method: string
  readonly version: '1.0' | '1.1'
}

/**
 * The answer that begins at `start`, as strictly as RFC 9112 sections 4 and 6 can be read: one framing and no doubt
 * about it. Only a client of HTTP/1.0 may get a body that the end of the connection ends; `isClosed` says that
 * nothing more will come.
 */
export function readAnswer(
  bytes: string,
  start: number,
  { to, isClosed }: { readonly to: Answered; readonly isClosed: boolean },
): Read<ReferenceAnswer> {
  const line = readLine(bytes, start)
  if (line.kind !== 'read') return line
  const status = Number(/^HTTP\/1\.1 ([1-5]\d{2}) [\x20-\x7e]*$/.exec(line.value)?.[1])
  if (Number.isNaN(status)) return refused('no status line')
  const read = readFields(bytes, line.end)
  if (read.kind !== 'read') return read
  const fields = read.value
  const closes = listed(fields, 'connection').includes('close')
  const body = readBody(bytes, read.end, { status, fields, closes, to, isClosed })
  if (body.kind !== 'read') return body
  return { kind: 'read', end: body.end, value: { status, fields, closes, body: body.value } }
}

interface BodyFacts {
  readonly status: number
  readonly fields: readonly Field[]
  readonly closes: boolean
  readonly to: Answered
  readonly isClosed: boolean
}

function readBody(bytes: string, start: number, facts: BodyFacts): Read<string> {
  const { status, fields, closes, to, isClosed } = facts
  const lengths = valuesOf(fields, 'content-length')
  const codings = valuesOf(fields, 'transfer-encoding')
  if (lengths.length + codings.length > 1) return refused('more than one framing')
  if (to.method === 'HEAD' || status < 200 || status === 204 || status === 304) {
    return { kind: 'read', value: '', end: start }
  }
  const [length] = lengths
  if (length !== undefined) {
    if (!/^(0|[1-9]\d*)$/.test(length)) return refused('no length')
    return readBytes(bytes, start, Number(length))
  }
  if (codings.length === 0) {
    if (to.version !== '1.0' || !closes) return refused('a body without an end')
    return readBytes(bytes, start, isClosed ? bytes.length - start : Number.POSITIVE_INFINITY)
  }
  if (codings[0] !== 'chunked' || to.version === '1.0') return refused('a coding not asked for')
  const chunks = readChunks(bytes, start)
  return chunks.kind === 'read' ? { ...chunks, value: chunks.value.body } : chunks
}
