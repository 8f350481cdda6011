/** True for a token of RFC 9110 section 5.6.2: method and field names. */
export function isToken(text: string): boolean {
  if (text === '') return false
  for (let i = 0; i < text.length; i++) {
    if (TOKEN_CHARACTERS[text.charCodeAt(i)] !== 1) return false
  }
  return true
}

/**
 * True when a field value holds only HTAB and what is visible or a byte above 0x7f (RFC 9110 section 5.5). CR, LF and
 * NUL split messages; the other controls make Node throw when the field is sent on.
 */
export function isFieldValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    // One comparison for what nearly every character is.
    if (code >= 0x20 && code <= 0x7e) continue
    if (code !== 0x09 && (code < 0x80 || code > 0xff)) return false
  }
  return true
}

const TOKEN_CHARACTERS = tableOf(
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
)

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (let i = 0; i < characters.length; i++) table[characters.charCodeAt(i)] = 1
  return table
}
