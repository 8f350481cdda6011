import type { Duplex } from 'node:stream'

/** Deadlines of request heads that stood still while their connection was not listened to. */
export class LateHeads {
  readonly #deadlines = new Map<Duplex, NodeJS.Timeout>()

  /** Gives the head that is coming in on a connection more time; after that, and without a request, it is late. */
  expect(socket: Duplex, ms: number, onLate: () => void): void {
    const deadline = setTimeout(() => {
      this.#forget(socket)
      if (!socket.destroyed) onLate()
    }, ms)
    this.#deadlines.set(socket, deadline.unref())
  }

  /** A whole head has come in. */
  arrived(socket: Duplex): void {
    if (this.#deadlines.size > 0) this.#forget(socket)
  }

  #forget(socket: Duplex): void {
    clearTimeout(this.#deadlines.get(socket))
    this.#deadlines.delete(socket)
  }
}
