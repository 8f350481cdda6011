/**
 * The UTF-8 bytes of a text, for a hash to read at once: those of a short text are in a space that the next call
 * uses again. Making an encoder or a buffer for each text would cost several times the hash.
 */
export function utf8Bytes(text: string): Uint8Array {
  const { read, written } = encoder.encodeInto(text, scratch)
  return read < text.length ? encoder.encode(text) : scratch.subarray(0, written)
}

const encoder = new TextEncoder()
/** Keys are ids, addresses, short header values; longer ones take the slower way. */
const scratch = new Uint8Array(1024)
