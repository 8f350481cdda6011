const AMPERSAND = 0x26
const EQUALS = 0x3d
const PERCENT = 0x25
const PLUS = 0x2b
const SPACE = 0x20
const LAST_ASCII = 0x7f

const NO_VALUES: readonly string[] = []

/**
 * Values of a query argument in the order sent, decoded (`+` is a space, `%XX` are UTF-8 bytes).
 * `query` is as sent, with or without its leading `?`; `valueless` is what an argument without `=` counts as.
 * Never throws: a broken escape stands for itself, bytes that are no UTF-8 become U+FFFD
 * (WHATWG URL section 5.1, application/x-www-form-urlencoded parsing).
 */
export function queryValues(query: string, name: string, valueless = ''): readonly string[] {
  let values: string[] | null = null
  for (let at = findArg(query, name, firstArg(query)); at !== -1; ) {
    const end = argEnd(query, at)
    values ??= []
    values.push(argValue(query, at, end) ?? valueless)
    at = findArg(query, name, end + 1)
  }
  return values ?? NO_VALUES
}

/**
 * The first value of a query argument, decoded as `queryValues` does; true for an argument without `=`, undefined
 * when there is none. Nothing is allocated for what has no escape.
 */
export function firstQueryValue(query: string, name: string): string | true | undefined {
  return firstValueFrom(query, name, firstArg(query))
}

/** The first value of a field in `application/x-www-form-urlencoded` text, as `firstQueryValue`. */
export function firstFormValue(form: string, name: string): string | true | undefined {
  return firstValueFrom(form, name, 0)
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
    if (end > start && names.some((name) => isNamed(query, start, name))) removed++
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

/** Where the first argument of this name begins, from `start` on, where an argument begins; else -1. */
function findArg(query: string, name: string, start: number): number {
  for (let at = start; at < query.length; at = argEnd(query, at) + 1) {
    if (query.charCodeAt(at) !== AMPERSAND && isNamed(query, at, name)) return at
  }
  return -1
}

function firstValueFrom(query: string, name: string, start: number): string | true | undefined {
  const at = findArg(query, name, start)
  return at === -1 ? undefined : (argValue(query, at, argEnd(query, at)) ?? true)
}

/** Null for an argument without `=`. */
function argValue(query: string, start: number, end: number): string | null {
  const nameEnd = argNameEnd(query, start)
  return nameEnd === end ? null : decodeQueryPart(query.slice(nameEnd + 1, end))
}

function argNameEnd(query: string, start: number): number {
  let at = start
  while (at < query.length && !isNameEnd(query.charCodeAt(at))) at++
  return at
}

function isNameEnd(code: number): boolean {
  return code === EQUALS || code === AMPERSAND
}

/**
 * True when the argument that begins here has this name. A name may be escaped too: `%61pikey` is `apikey`, or it could
 * be smuggled past whoever hides it. Compared in place: a form can have tens of thousands of names.
 */
function isNamed(query: string, start: number, name: string): boolean {
  let at = start
  for (let i = 0; i < name.length; i++) {
    const wanted = name.charCodeAt(i)
    if (wanted > LAST_ASCII) return decodeQueryPart(nameAt(query, start)) === name
    if (at === query.length) return false
    const sent = query.charCodeAt(at)
    if (isNameEnd(sent)) return false
    const escaped = sent === PERCENT ? escapedByte(query, at) : -1
    if ((escaped === -1 ? unplussed(sent) : escaped) !== wanted) return false
    at += escaped === -1 ? 1 : 3
  }
  return at === query.length || isNameEnd(query.charCodeAt(at))
}

function nameAt(query: string, start: number): string {
  return query.slice(start, argNameEnd(query, start))
}

/** The byte of the escape that begins here, -1 when it is broken. */
function escapedByte(text: string, at: number): number {
  const high = hexValue(text.charCodeAt(at + 1))
  const low = hexValue(text.charCodeAt(at + 2))
  return high === -1 || low === -1 ? -1 : high * 16 + low
}

function unplussed(code: number): number {
  return code === PLUS ? SPACE : code
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
    } else bytes[length++] = unplussed(byte)
  }
  return bytes.subarray(0, length)
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
