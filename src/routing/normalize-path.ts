/** The normal form of a path, or why there is none. */
export type NormalizedPath =
  | { readonly kind: 'ok'; readonly path: string }
  | { readonly kind: 'invalid'; readonly reason: string }

/**
 * Normal form of a request path, used for matching and forwarded as it is.
 *
 * Dot segments are removed (RFC 3986 section 5.2.4), empty segments merged, escapes of unreserved
 * characters decoded once (section 6.2.2.2), all other escapes kept with upper-case hex, and
 * characters that a path may not hold are escaped. `[` and `]` stay as sent, as in Kong.
 *
 * @param rawPath path without query, one character per byte as the HTTP parser hands it over
 * @returns the normal form, which begins with `/`; invalid for a path that does not begin with `/`,
 *   a broken escape, NUL (raw or encoded) or a character above U+00FF
 */
export function normalizePath(rawPath: string): NormalizedPath {
  if (rawPath.charCodeAt(0) !== SLASH) return invalid('the path does not begin with "/"')
  const unclean = firstUnclean(rawPath)
  if (unclean === -1) return { kind: 'ok', path: rawPath }
  const spelled = respell(rawPath, unclean)
  if (spelled.kind === 'invalid') return spelled
  return { kind: 'ok', path: removeDotAndEmptySegments(spelled.path) }
}

const SLASH = 0x2f
const DOT = 0x2e
const PERCENT = 0x25

/** Index of the first character that may need work, or -1 for a path that is its own normal form. */
function firstUnclean(path: string): number {
  let previous = 0
  for (let i = 0; i < path.length; i += 1) {
    const code = path.charCodeAt(i)
    if (code > 0x7e || ALLOWED[code] === 0) return i
    if (previous === SLASH && (code === SLASH || code === DOT)) return i
    previous = code
  }
  return -1
}

/** Decodes unreserved escapes and escapes what a path may not hold; segments are left alone. */
function respell(path: string, from: number): NormalizedPath {
  let spelled = path.slice(0, from)
  for (let i = from; i < path.length; i += 1) {
    const code = path.charCodeAt(i)
    if (code === PERCENT) {
      const byte = escapedByte(path, i)
      if (byte === -1) return invalid('the path holds "%" without two hexadecimal digits after it')
      if (byte === 0) return invalid('the path holds an encoded NUL')
      spelled += UNRESERVED[byte] === 1 ? String.fromCharCode(byte) : ESCAPES[byte]
      i += 2
    } else if (code === 0) {
      return invalid('the path holds a NUL')
    } else if (code > 0xff) {
      return invalid('the path holds a character that is no byte')
    } else {
      spelled += ALLOWED[code] === 1 ? path[i] : ESCAPES[code]
    }
  }
  return { kind: 'ok', path: spelled }
}

/** Kong merges empty segments before `..` takes one away: `/a//../b` is `/b`. */
function removeDotAndEmptySegments(path: string): string {
  const segments = path.split('/')
  const last = segments[segments.length - 1]
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  if (kept.length === 0) return '/'
  const isFolder = last === '' || last === '.' || last === '..'
  return isFolder ? `/${kept.join('/')}/` : `/${kept.join('/')}`
}

/** The byte that the escape at `index` stands for, or -1 when it is broken. */
function escapedByte(path: string, index: number): number {
  const high = hexDigit(path.charCodeAt(index + 1))
  const low = hexDigit(path.charCodeAt(index + 2))
  return high === -1 || low === -1 ? -1 : high * 16 + low
}

/** Value of a hexadecimal digit, -1 for anything else (also NaN, past the end). */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x41 && code <= 0x46) return code - 0x37
  if (code >= 0x61 && code <= 0x66) return code - 0x57
  return -1
}

function invalid(reason: string): NormalizedPath {
  return { kind: 'invalid', reason }
}

const UNRESERVED_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'

/** RFC 3986 section 2.3, by byte. */
const UNRESERVED = tableOf(UNRESERVED_CHARACTERS)

/** What stands in a path unescaped: pchar of RFC 3986 section 3.3, `/`, and Kong's `[` and `]`. */
const ALLOWED = tableOf(`${UNRESERVED_CHARACTERS}!$&'()*+,;=:@/[]`)

const ESCAPES: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
)

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256)
  for (let i = 0; i < characters.length; i += 1) table[characters.charCodeAt(i)] = 1
  return table
}
