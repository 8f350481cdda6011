const AMPERSAND = 0x26
const EQUALS = 0x3d
const PERCENT = 0x25
const PLUS = 0x2b
const SPACE = 0x20

const NO_VALUES: readonly string[] = []

/**
 * Values of a query argument in the order sent, decoded (`+` is a space, `%XX` are UTF-8 bytes).
 * `query` is as sent, with or without its leading `?`; `valueless` is what an argument without `=` counts as.
 * Never throws: a broken escape stands for itself, bytes that are no UTF-8 become U+FFFD
 * (WHATWG URL section 5.1, application/x-www-form-urlencoded parsing).
 */
export function queryValues(query: string, name: string, valueless = ''): readonly string[] {
  if (query.length < 2) return NO_VALUES
  let values: string[] | null = null
  for (let start = firstArg(query); start < query.length; ) {
    const end = argEnd(query, start)
    const nameEnd = argNameEnd(query, start, end)
    if (end > start && isNamed(query.slice(start, nameEnd), name)) {
      values ??= []
      values.push(nameEnd === end ? valueless : decodeQueryPart(query.slice(nameEnd + 1, end)))
    }
    start = end + 1
  }
  return values ?? NO_VALUES
}

/**
 * The query without the arguments of these names; every other byte stays as it was sent, `?` included.
 * `''` when nothing is left, the very same string when nothing was removed.
 */
export function withoutQueryArgs(query: string, names: readonly string[]): string {
  if (query.length < 2) return query
  const first = firstArg(query)
  const kept: string[] = []
  let removed = 0
  for (let start = first; start <= query.length; ) {
    const end = argEnd(query, start)
    const name = query.slice(start, argNameEnd(query, start, end))
    if (end > start && names.some((candidate) => isNamed(name, candidate))) removed++
    else kept.push(query.slice(start, end))
    start = end + 1
  }
  if (removed === 0) return query
  return kept.length === 0 ? '' : query.slice(0, first) + kept.join('&')
}

function firstArg(query: string): number {
  return query.startsWith('?') ? 1 : 0
}

function argEnd(query: string, start: number): number {
  let at = start
  while (at < query.length && query.charCodeAt(at) !== AMPERSAND) at++
  return at
}

function argNameEnd(query: string, start: number, end: number): number {
  let at = start
  while (at < end && query.charCodeAt(at) !== EQUALS) at++
  return at
}

/** A name may be escaped too: `%61pikey` is `apikey`, or it could be smuggled past whoever hides it. */
function isNamed(sent: string, name: string): boolean {
  return sent === name || (isEncoded(sent) && decodeQueryPart(sent) === name)
}

function isEncoded(text: string): boolean {
  return text.includes('%') || text.includes('+')
}

function decodeQueryPart(text: string): string {
  return isEncoded(text) ? queryPartBytes(text).toString('utf8') : text
}

/**
 * The bytes that a name or value in a query or form stands for, which are to be UTF-8 (`+` is a space). A broken escape
 * stands for itself (WHATWG URL section 5.1, application/x-www-form-urlencoded parsing).
 */
export function queryPartBytes(text: string): Buffer {
  const sent = Buffer.from(text, 'utf8')
  const bytes = Buffer.allocUnsafe(sent.length)
  let length = 0
  for (let at = 0; at < sent.length; at++) {
    const byte = sent[at] as number
    const high = byte === PERCENT ? hexValue(sent[at + 1]) : -1
    const low = high === -1 ? -1 : hexValue(sent[at + 2])
    if (low !== -1) {
      bytes[length++] = high * 16 + low
      at += 2
    } else bytes[length++] = byte === PLUS ? SPACE : byte
  }
  return bytes.subarray(0, length)
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
