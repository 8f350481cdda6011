/** What a strict reader makes of bytes (one character each) from some place on. */
export type Read<T> =
  | { readonly kind: 'read'; readonly value: T; readonly end: number }
  /** What there is may be the beginning of something right. */
  | { readonly kind: 'incomplete' }
  /** Nothing that could follow would make it right. */
  | { readonly kind: 'refused'; readonly why: string }

/** Name in lower case, and value without the white space around it. */
export type Field = readonly [name: string, value: string]

export interface ChunkedBody {
  readonly body: string
  readonly hasExtensions: boolean
  /**
   * It has extensions that are not of the grammar, or with white space in them, which Node's parser refuses. Nobody needs
   * to know them, and whatever they say their line ends at the same place: they may be ignored or refused.
   */
  readonly mayBeRefused: boolean
  readonly trailers: readonly Field[]
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const FIELD_LINE = new RegExp(`^(${TOKEN}):[ \\t]*([\\t\\x20-\\x7e\\x80-\\xff]*?)[ \\t]*$`)
const QUOTED =
  '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"'
const EXTENSION = `;${TOKEN}(?:=(?:${TOKEN}|${QUOTED}))?`
const EXTENSIONS = new RegExp(`^(?:${EXTENSION})*$`)
const CHUNK_LINE = /^([0-9A-Fa-f]+)((?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?)$/

/** True for a token of RFC 9110 section 5.6.2. */
export function isToken(text: string): boolean {
  return WHOLE_TOKEN.test(text)
}
const WHOLE_TOKEN = new RegExp(`^${TOKEN}$`)

export function refused(why: string): { readonly kind: 'refused'; readonly why: string } {
  return { kind: 'refused', why }
}

export const INCOMPLETE = { kind: 'incomplete' } as const

/** A line up to its CRLF, which nothing else may stand for (reliability.md section 3: bare CR or LF). */
export function readLine(bytes: string, start: number): Read<string> {
  LINE_END.lastIndex = start
  const at = LINE_END.exec(bytes)?.index
  if (at === undefined) return INCOMPLETE
  if (bytes[at] === '\n') return refused('a bare LF')
  if (at + 1 === bytes.length) return INCOMPLETE
  if (bytes[at + 1] !== '\n') return refused('a bare CR')
  return { kind: 'read', value: bytes.slice(start, at), end: at + 2 }
}
const LINE_END = /[\r\n]/g

/** Field lines up to the empty one behind them (RFC 9112 section 5); folded ones are none. */
export function readFields(bytes: string, start: number): Read<readonly Field[]> {
  const fields: Field[] = []
  for (let at = start; ; ) {
    const line = readLine(bytes, at)
    if (line.kind !== 'read') return line
    at = line.end
    if (line.value === '') return { kind: 'read', value: fields, end: at }
    const [, name, value] = FIELD_LINE.exec(line.value) ?? []
    if (name === undefined || value === undefined) return refused('no field line')
    fields.push([name.toLowerCase(), value])
  }
}

export function readBytes(bytes: string, start: number, count: number): Read<string> {
  const end = start + count
  if (end > bytes.length) return INCOMPLETE
  return { kind: 'read', value: bytes.slice(start, end), end }
}

/** A chunked body with its trailers (RFC 9112 section 7.1). */
export function readChunks(bytes: string, start: number): Read<ChunkedBody> {
  let body = ''
  let hasExtensions = false
  let mayBeRefused = false
  for (let at = start; ; ) {
    const line = readLine(bytes, at)
    if (line.kind !== 'read') return line
    const [, digits, extensions = ''] = CHUNK_LINE.exec(line.value) ?? []
    if (digits === undefined) return refused('no chunk size')
    hasExtensions ||= extensions !== ''
    mayBeRefused ||= !EXTENSIONS.test(extensions)
    const size = Number.parseInt(digits, 16)
    if (size === 0) {
      const trailers = readFields(bytes, line.end)
      if (trailers.kind !== 'read') return trailers
      return { ...trailers, value: { body, hasExtensions, mayBeRefused, trailers: trailers.value } }
    }
    const data = readBytes(bytes, line.end, size)
    if (data.kind !== 'read') return data
    body += data.value
    const rest = bytes.slice(data.end, data.end + 2)
    if (!'\r\n'.startsWith(rest)) return refused('no CRLF behind a chunk')
    if (rest.length < 2) return INCOMPLETE
    at = data.end + 2
  }
}

/** The values of a field that may stand there several times, as one list; lower-case (RFC 9110 section 5.6.1). */
export function listed(fields: readonly Field[], name: string): readonly string[] {
  return valuesOf(fields, name)
    .flatMap((value) => value.split(','))
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== '')
}

export function valuesOf(fields: readonly Field[], name: string): readonly string[] {
  return fields.filter(([other]) => other === name).map(([, value]) => value)
}
