/**
 * Text as a field value that Node can send: its UTF-8 bytes, one character each (what nginx and Kong send for
 * names beyond ASCII), control characters escaped as `%XX`, so that no name can break or forge a header.
 */
export function headerFromText(text: string): string {
  if (isPrintableAscii(text)) return text
  let value = ''
  for (const byte of Buffer.from(text, 'utf8')) {
    value += isControl(byte) ? percentEscape(byte) : String.fromCharCode(byte)
  }
  return value
}

/** A field value as Node hands it out (one character per byte) as text, where its bytes are UTF-8. */
export function textFromHeader(value: string): string {
  return isPrintableAscii(value) ? value : Buffer.from(value, 'latin1').toString('utf8')
}

function isPrintableAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e) return false
  }
  return true
}

function isControl(byte: number): boolean {
  return byte < 0x20 || byte === 0x7f
}

function percentEscape(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
