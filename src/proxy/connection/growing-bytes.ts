/**
 * Bytes that come in pieces, kept in one: a buffer for each piece would cost two hundred times as much as a piece of
 * one byte, and a client cuts what it sends as it likes.
 */
export class GrowingBytes {
  #bytes: Buffer
  #length: number

  /** `first` is kept as it is: most often nothing follows it. */
  constructor(first: Buffer) {
    this.#bytes = first
    this.#length = first.length
  }

  append(piece: Buffer): void {
    const length = this.#length + piece.length
    if (length > this.#bytes.length) this.#grow(length)
    piece.copy(this.#bytes, this.#length)
    this.#length = length
  }

  /** What was appended so far; later pieces do not change it. */
  get all(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** To twice the size at least, so that every byte is copied twice on average. */
  #grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
