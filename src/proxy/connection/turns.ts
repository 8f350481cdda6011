import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../clock.ts'
import { gateOf } from './input-gate.ts'
import { unfinishedAnswer } from './server-socket.ts'

/** What waits for its turn on a connection. */
export interface Turn {
  /** The answer it is about to give; null for one that is written on the socket itself and closes it. */
  readonly response: ServerResponse | null
  take(): void
}

/**
 * One request at a time on each connection, in the order in which they came. Node hands over pipelined requests as
 * soon as they are parsed; served side by side, a later one could overtake one that changes something
 * (RFC 9112 section 9.3.2), and a refusal could be taken for the answer to the request before it.
 * What stands behind an answer that closes its connection never gets its turn. More than a few are not even read.
 */
export class Turns {
  readonly #monotonicMs: () => number
  /** Requests read ahead on one connection before no more are taken in (reliability.md section 3). */
  readonly #readAhead: number
  readonly #waiting = new WeakMap<Duplex, Turn[]>()
  /** When a connection was listened to again. */
  readonly #releasedMs = new WeakMap<Duplex, number>()

  constructor({ monotonicMs }: Pick<Clock, 'monotonicMs'>, readAhead: number) {
    this.#monotonicMs = monotonicMs
    this.#readAhead = readAhead
  }

  /** Takes the turn now when no other answer is pending on the connection, else after those that are. */
  inTurn(socket: Duplex, turn: Turn): void {
    const pending = unfinishedAnswer(socket)
    if (pending === null || pending === turn.response) {
      if (socket.writable) turn.take()
      return
    }
    let waiting = this.#waiting.get(socket)
    if (waiting === undefined) {
      waiting = []
      this.#waiting.set(socket, waiting)
      this.#takeNextAfter(pending, socket)
    }
    // Nothing comes after the end of a connection, not even another reason to end it.
    if (waiting.at(-1)?.response === null) return
    waiting.push(turn)
    if (waiting.length > this.#readAhead) gateOf(socket)?.hold()
  }

  /** Whether a request waits for its turn. */
  isAwaited(socket: Duplex): boolean {
    return this.#waiting.has(socket)
  }

  /** For how long a connection has been listened to without a break, in ms; infinite when it always was. */
  listenedMs(socket: Duplex): number {
    if ((this.#waiting.get(socket)?.length ?? 0) > this.#readAhead) return 0
    const releasedMs = this.#releasedMs.get(socket)
    return releasedMs === undefined ? Number.POSITIVE_INFINITY : this.#monotonicMs() - releasedMs
  }

  /** The youngest request of a connection that was not answered yet. */
  youngest(socket: Duplex): IncomingMessage | null {
    const response = this.#waiting.get(socket)?.at(-1)?.response ?? unfinishedAnswer(socket)
    return response?.req ?? null
  }

  /** Takes the youngest request back, unless its turn has come. */
  withdrawYoungest(socket: Duplex): boolean {
    const waiting = this.#waiting.get(socket)
    if (waiting?.pop() === undefined) return false
    if (waiting.length === this.#readAhead) this.#release(socket)
    return true
  }

  /** In a turn of the event loop of its own, so that others get theirs in between. */
  #takeNextAfter(answer: ServerResponse, socket: Duplex): void {
    answer.once('close', () => setImmediate(() => this.#takeNext(socket)))
  }

  #takeNext(socket: Duplex): void {
    const waiting = this.#waiting.get(socket)
    const turn = waiting?.shift()
    if (waiting === undefined || turn === undefined || !socket.writable) {
      this.#waiting.delete(socket)
      return
    }
    if (waiting.length === this.#readAhead) this.#release(socket)
    if (waiting.length === 0) this.#waiting.delete(socket)
    else if (turn.response !== null) this.#takeNextAfter(turn.response, socket)
    turn.take()
  }

  #release(socket: Duplex): void {
    gateOf(socket)?.release()
    this.#releasedMs.set(socket, this.#monotonicMs())
  }
}
