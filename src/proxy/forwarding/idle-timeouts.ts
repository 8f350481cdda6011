import type { Socket } from 'node:net'

/** A connection between two requests. */
export interface IdleConnection extends Socket {
  /** Since when it is idle, monotonic ms. */
  idleSinceMs?: number
  /** How long it may be. */
  idleMs?: number
}

/**
 * Closes the connections of one target that were idle for too long. One timer looks after all of them: a timeout of
 * each socket would be set anew for each request, and put off by each read and write.
 */
export class IdleTimeouts {
  readonly #idle: () => Iterable<IdleConnection>
  #timer: NodeJS.Timeout | null = null
  /** When the timer looks, monotonic ms. */
  #looksMs = Number.POSITIVE_INFINITY

  /** `idle` lists the connections that are idle at the moment. */
  constructor(idle: () => Iterable<IdleConnection>) {
    this.#idle = idle
  }

  /** A connection is idle from now on, for `idleMs` at most. */
  begin(connection: IdleConnection, idleMs: number): void {
    const nowMs = performance.now()
    connection.idleSinceMs = nowMs
    connection.idleMs = idleMs
    if (nowMs + idleMs < this.#looksMs) this.#lookIn(idleMs, nowMs)
  }

  #lookIn(ms: number, nowMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#looksMs = nowMs + ms
    this.#timer = setTimeout(() => this.#look(), ms).unref()
  }

  #look(): void {
    this.#timer = null
    this.#looksMs = Number.POSITIVE_INFINITY
    const nowMs = performance.now()
    let nextMs = Number.POSITIVE_INFINITY
    for (const connection of this.#idle()) {
      const leftMs = (connection.idleSinceMs ?? 0) + (connection.idleMs ?? 0) - nowMs
      if (leftMs <= 0) connection.destroy()
      else nextMs = Math.min(nextMs, leftMs)
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#lookIn(Math.ceil(nextMs), nowMs)
  }
}
