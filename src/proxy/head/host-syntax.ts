import { isIPv6 } from 'node:net'

/** Host lower-case, IPv6 in brackets, no trailing dot; port null when none was given. */
export interface Authority {
  readonly host: string
  readonly port: number | null
}

/**
 * Reads `host[:port]` of a Host field or of an absolute target (RFC 9110 section 7.2, RFC 3986 section 3.2.2).
 *
 * Narrower than the RFC on purpose: names hold letters, digits, `-`, `.`, `_` and `~` only, without empty labels; no
 * percent escapes, no sub-delimiters (`,` would be a list); IPv6 without zone; a port is a number of 1 to 65535 and
 * not empty. Whatever could be read in two ways is refused.
 * @returns null for anything else: empty, path, userinfo, list, spaces, broken bracket, bad port
 */
export function parseAuthority(text: string): Authority | null {
  return text.charCodeAt(0) === BRACKET ? parseIpv6Literal(text) : parseName(text)
}

const BRACKET = 0x5b
const COLON = 0x3a
const DOT = 0x2e

/** 1: may stand in a name; 2: an upper-case letter, which may too. */
const NAME_CHARACTERS = nameCharacters()

function parseName(text: string): Authority | null {
  let hasUpperCase = false
  let previous = DOT
  let end = 0
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === COLON) break
    const type = NAME_CHARACTERS[code]
    if (type !== 1 && type !== 2) return null
    if (code === DOT && previous === DOT) return null
    if (type === 2) hasUpperCase = true
    previous = code
  }
  if (end === 0) return null
  const port = parsePort(text, end)
  if (port === INVALID_PORT) return null
  // The trailing dot of a fully qualified name says nothing about the site (nginx drops it as well).
  const nameEnd = previous === DOT ? end - 1 : end
  const name = nameEnd === text.length ? text : text.slice(0, nameEnd)
  return { host: hasUpperCase ? name.toLowerCase() : name, port }
}

function parseIpv6Literal(text: string): Authority | null {
  const close = text.indexOf(']')
  if (close === -1) return null
  const address = text.slice(1, close)
  const port = parsePort(text, close + 1)
  if (port === INVALID_PORT || address.includes('%') || !isIPv6(address)) return null
  return { host: text.slice(0, close + 1).toLowerCase(), port }
}

const INVALID_PORT = -1

/** Port of what follows the host at `start`: null for nothing, a number after `:`, else INVALID_PORT. */
function parsePort(text: string, start: number): number | null {
  if (start === text.length) return null
  const digits = text.length - start - 1
  if (text.charCodeAt(start) !== COLON || digits < 1 || digits > 5) return INVALID_PORT
  let port = 0
  for (let i = start + 1; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return INVALID_PORT
    port = port * 10 + digit
  }
  return port >= 1 && port <= 65_535 ? port : INVALID_PORT
}

function nameCharacters(): Uint8Array {
  const table = new Uint8Array(128)
  for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') table[character.charCodeAt(0)] = 2
  for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789-._~') {
    table[character.charCodeAt(0)] = 1
  }
  return table
}
