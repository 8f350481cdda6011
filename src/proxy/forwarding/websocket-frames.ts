import { randomBytes } from 'node:crypto'

/** Status codes of a close frame (RFC 6455 section 7.4; 1012 by its IANA registry). */
export const SERVICE_RESTART = 1012

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 section 5.2), so that a frame of ours can be put
 * between two of them. Looks at heads of frames only; what they carry is passed over.
 */
export class FrameBoundaries {
  /** Bytes of the present frame's head that have come, and how many it has as far as is known. */
  #headRead = 0
  #headSize = SHORTEST_HEAD
  #lengthEnd = 0
  #payloadBytes = 0
  #payloadLeft = 0

  /** No frame has begun that has not ended. */
  get isBetween(): boolean {
    return this.#headRead === 0 && this.#payloadLeft === 0
  }

  /** Takes in the next bytes. */
  follow(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at = this.#advance(bytes, at)
  }

  /** Takes in bytes up to the end of the present frame; returns how many those are, or -1 when they are not all there. */
  followToEnd(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length) {
      at = this.#advance(bytes, at)
      if (this.isBetween) return at
    }
    return -1
  }

  /** Takes in a byte of a head, or as much as there is of what the frame carries. */
  #advance(bytes: Buffer, at: number): number {
    if (this.#payloadLeft > 0) {
      const taken = Math.min(this.#payloadLeft, bytes.length - at)
      this.#payloadLeft -= taken
      return at + taken
    }
    this.#readHead(bytes[at] as number)
    return at + 1
  }

  #readHead(byte: number): void {
    if (this.#headRead === 1) {
      const length = byte & 0x7f
      const lengthBytes = length === 126 ? 2 : length === 127 ? 8 : 0
      this.#lengthEnd = SHORTEST_HEAD + lengthBytes
      this.#headSize = this.#lengthEnd + (byte & MASKED ? MASK_BYTES : 0)
      this.#payloadBytes = lengthBytes === 0 ? length : 0
    } else if (this.#headRead > 1 && this.#headRead < this.#lengthEnd) {
      this.#payloadBytes = this.#payloadBytes * 256 + byte
    }
    this.#headRead += 1
    if (this.#headRead < this.#headSize) return
    this.#headRead = 0
    this.#headSize = SHORTEST_HEAD
    this.#payloadLeft = this.#payloadBytes
  }
}

const SHORTEST_HEAD = 2
const MASKED = 0x80
const MASK_BYTES = 4
const CLOSE = 0x88

/** A close frame with a status and no text, as a server sends it or, masked, as a client does (RFC 6455 section 5.3). */
export function closeFrame(status: number, from: 'server' | 'client'): Buffer {
  const payload = Buffer.from([status >> 8, status & 0xff])
  if (from === 'server') return Buffer.from([CLOSE, payload.length, ...payload])
  const mask = randomBytes(MASK_BYTES)
  const masked = payload.map((byte, i) => byte ^ (mask[i % MASK_BYTES] as number))
  return Buffer.from([CLOSE, MASKED | payload.length, ...mask, ...masked])
}
