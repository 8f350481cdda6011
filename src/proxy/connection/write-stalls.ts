import type { Socket } from 'node:net'

/**
 * Finds clients that do not take what is sent to them: more output waits for one than goes out, and none of it has
 * gone out for too long. Answers that are relayed have a watch of their own, which says why in the log.
 */
export class WriteStalls {
  readonly #silenceMs: number
  readonly #stalls = new WeakMap<Socket, { readonly sentBytes: number; readonly sinceMs: number }>()

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs
  }

  /** Whether a client has taken nothing for too long. To be asked of each connection again and again. */
  isStalled(socket: Socket, nowMs: number): boolean {
    if (socket.writableLength === 0) {
      this.#stalls.delete(socket)
      return false
    }
    const sentBytes = socket.bytesWritten - socket.writableLength
    const stall = this.#stalls.get(socket)
    if (stall?.sentBytes === sentBytes) return nowMs - stall.sinceMs >= this.#silenceMs
    this.#stalls.set(socket, { sentBytes, sinceMs: nowMs })
    return false
  }
}
