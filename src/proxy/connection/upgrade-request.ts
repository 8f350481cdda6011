import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { gateOf } from './input-gate.ts'
import { unfinishedAnswer } from './server-socket.ts'

/** A connection that has left HTTP, and what has come in on it since. */
export interface BareConnection {
  readonly socket: Socket
  readonly received: Buffer
}

/**
 * A request to switch protocols. Node hands over its connection bare, with nothing behind the head read: what follows
 * is kept until the upstream has switched as well. Any other answer is written as usual, and is the last one.
 */
export class UpgradeRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly #socket: Socket

  /** `head`: what the parser was given behind the request's head. */
  constructor(request: IncomingMessage, socket: Socket, head: Buffer) {
    this.request = request
    this.response = new ServerResponse(request)
    this.#socket = socket
    this.response.shouldKeepAlive = false
    this.response.once('finish', this.#onFinish)
    socket.on('end', this.#onEnd)
    gateOf(socket)?.endParsing(head)
  }

  /** The answers before it are given: the connection is the answer's to write on. */
  begin(): void {
    const socket = this.#socket
    socket.setTimeout(0)
    this.response.assignSocket(socket)
    if (socket.readableEnded) socket.destroy()
  }

  /** Takes the connection from the answer, of which the head was written; to be called once, and nothing after it. */
  takeOver(): BareConnection {
    const socket = this.#socket
    this.response.detachSocket(socket)
    socket.removeListener('end', this.#onEnd)
    return { socket, received: gateOf(socket)?.letGo() ?? Buffer.alloc(0) }
  }

  /** A client that ends its side before it has an answer has left, as with other requests. */
  readonly #onEnd = (): void => {
    if (!unfinishedAnswer(this.#socket)?.headersSent) this.#socket.destroy()
  }

  /** What the server does behind the last answer of a connection, for one that is no longer the server's. */
  readonly #onFinish = (): void => {
    this.response.detachSocket(this.#socket)
    gateOf(this.#socket)?.linger()
    this.#socket.destroySoon()
    process.nextTick(() => this.response.emit('close'))
  }
}
