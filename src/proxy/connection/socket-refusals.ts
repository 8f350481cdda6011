import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { refusalEntry } from '../access-facts.ts'
import type { GatewayContext } from '../gateway-context.ts'
import {
  answerOnSocket,
  CONNECT_REFUSED,
  DROPPED_STATUS,
  isCutShort,
  isLateHead,
  refusalOfParseError,
  type SocketRefusal,
  TOO_MANY_CONNECTIONS,
} from './client-errors.ts'
import type { ConnectionLimit } from './connection-counts.ts'
import { gateOf } from './input-gate.ts'
import type { LateHeads } from './late-heads.ts'
import { unfinishedAnswer } from './server-socket.ts'
import type { Turns } from './turns.ts'
import { isForgettingBody } from './unread-body.ts'

export interface SocketRefusalParts {
  readonly turns: Turns
  readonly lateHeads: LateHeads
  readonly headTimeoutMs: number
  /** Called before each entry that is recorded here. */
  readonly count: () => void
}

/**
 * Refuses what comes in on a connection and is no request that can be served: each in its turn, behind the answers
 * to what came before it, and with its one entry in the access log.
 */
export class SocketRefusals {
  readonly #context: GatewayContext
  readonly #turns: Turns
  readonly #parts: SocketRefusalParts

  constructor(context: GatewayContext, parts: SocketRefusalParts) {
    this.#context = context
    this.#turns = parts.turns
    this.#parts = parts
  }

  /** CONNECT: a tunnel is not ours to open. */
  refuseConnect(socket: Duplex): void {
    this.#inTurn(socket, CONNECT_REFUSED, 'CONNECT')
  }

  /** A connection of an address that has too many. */
  refuseCrowded(socket: Socket): void {
    this.#inTurn(socket, TOO_MANY_CONNECTIONS, '')
  }

  /** Tells of a connection that was closed unheard. */
  recordDropped(client: string, reason: ConnectionLimit): void {
    const requestId = this.#context.newRequestId()
    this.#record({ requestId, client, method: '', status: DROPPED_STATUS, reason })
  }

  /** What the parser cannot read: the head of a request, or the rest of one that was handed over already. */
  refuseBytes(error: Error, socket: Duplex): void {
    if (isLateHead(error)) {
      // A client is not late with what we did not listen to.
      const leftMs = this.#parts.headTimeoutMs - this.#turns.listenedMs(socket)
      if (leftMs > 0) {
        this.#parts.lateHeads.expect(socket, leftMs, () => this.refuseBytes(error, socket))
        return
      }
    }
    const request = this.#turns.youngest(socket)
    if (request === null && isForgettingBody(socket)) {
      socket.destroy()
    } else if (request === null || request.complete) {
      this.#inTurn(socket, refusalOfParseError(error), '')
    } else if (isCutShort(error)) {
      socket.destroy()
    } else if (this.#turns.withdrawYoungest(socket)) {
      this.#inTurn(socket, refusalOfParseError(error), request.method ?? '')
    } else if (request.listenerCount('error') > 0) {
      // It is being forwarded: its own answer will say what is wrong with its body.
      request.emit('error', error)
    } else if (unfinishedAnswer(socket)?.writableEnded) {
      // It was answered before its body came.
      ;(socket as Socket).destroySoon()
    } else {
      socket.destroy()
    }
  }

  #inTurn(socket: Duplex, { answer, reason }: SocketRefusal, method: string): void {
    gateOf(socket)?.shut()
    const take = () => {
      const { product, newRequestId } = this.#context
      const requestId = newRequestId()
      const isHead = method === 'HEAD'
      if (!answerOnSocket(socket, answer, { requestId, server: product.server, isHead })) return
      const client = (socket as Socket).remoteAddress ?? ''
      this.#record({ requestId, client, method, status: answer.status, reason })
    }
    this.#turns.inTurn(socket, { response: null, take })
  }

  #record(facts: Omit<Parameters<typeof refusalEntry>[0], 'at'>): void {
    this.#parts.count()
    this.#context.record(refusalEntry({ at: this.#context.clock.now(), ...facts }))
  }
}
