import {
  keyTooLong,
  MAX_DEPTH,
  MAX_KEY_LENGTH,
  MAX_TEXT_LENGTH,
  MAX_VALUES,
  textTooLong,
  tooDeep,
  tooManyValues,
} from './refuse-hostile-input.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
/** Space, tab and line breaks; other control characters are for the parser to refuse. */
const LAST_SPACE = 0x20

/** `\u0041` is how a character takes the most bytes. */
const BYTES_PER_CHARACTER = 6
const MAX_KEY_BYTES = BYTES_PER_CHARACTER * MAX_KEY_LENGTH
const MAX_TEXT_BYTES = BYTES_PER_CHARACTER * MAX_TEXT_LENGTH

/**
 * Refuses JSON that costs more to parse than to send, with unparsable_body: what is too deep or has too many values as
 * `refuseHostileInput` says, and texts longer than any field takes. Looks at each byte once and stops at the first that
 * is too much; makes nothing of them, and leaves it to the parser whether they are JSON at all.
 */
export function refuseHostileJson(bytes: Uint8Array): void {
  const open: number[] = []
  let valueCount = 0
  let previous = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte <= LAST_SPACE) continue
    const isClosing = byte === CLOSE_LIST || byte === CLOSE_OBJECT
    // Each comma stands before a value, and so does what opens a list or object that is not empty.
    const isAfterOpening = previous === OPEN_LIST || previous === OPEN_OBJECT
    if (byte === COMMA || (isAfterOpening && !isClosing)) valueCount++
    if (valueCount > MAX_VALUES) throw tooManyValues()
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (open.push(byte) > MAX_DEPTH) throw tooDeep()
    } else if (isClosing) open.pop()
    else if (byte === QUOTE) {
      const isKey = open.at(-1) === OPEN_OBJECT && (isAfterOpening || previous === COMMA)
      at = endOfText(bytes, at + 1, isKey)
    }
    previous = byte
  }
}

/** Where the text that starts here has its closing quote, or its last byte when it has none. */
function endOfText(bytes: Uint8Array, start: number, isKey: boolean): number {
  const limit = Math.min(bytes.length, start + (isKey ? MAX_KEY_BYTES : MAX_TEXT_BYTES) + 1)
  for (let at = start; at < limit; at++) {
    if (bytes[at] === QUOTE) return at
    if (bytes[at] === BACKSLASH) at++
  }
  if (limit < bytes.length) throw isKey ? keyTooLong() : textTooLong()
  return bytes.length
}
