import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { OutgoingFields, UpstreamRequest } from '../forwarder.ts'

/** What a try lets http-proxy-middleware do. */
export interface ViewedAttempt {
  /** The library holds a connection and asks for the body: `sink` is the request to the upstream. */
  startBody(sink: ClientRequest): void
}

const WRITABLE_SOCKET = { writable: true } as const

/**
 * The request as http-proxy-middleware reads it: the rebuilt head, and a body that the attempt itself feeds.
 * The library writes to the head it is given; this one is made for one try, so the next try, the access log
 * and the plugins see what the client sent.
 */
export class RequestView {
  readonly attempt: ViewedAttempt
  readonly method: string
  readonly url: string
  readonly headers: OutgoingFields
  readonly httpVersion = '1.1'
  readonly httpVersionMajor = 1
  /** Writable as far as the library asks: the attempt itself watches the client's connection. */
  readonly socket = WRITABLE_SOCKET

  constructor(request: UpstreamRequest, attempt: ViewedAttempt) {
    this.attempt = attempt
    this.method = request.method
    this.url = request.target
    this.headers = request.fields
  }

  /** Errors of the client's stream are the attempt's to handle. */
  on(): this {
    return this
  }

  pipe(sink: ClientRequest): ClientRequest {
    this.attempt.startBody(sink)
    return sink
  }

  /** The type that the library's signature asks for. */
  asIncomingMessage(): IncomingMessage {
    return this as unknown as IncomingMessage
  }
}

/** The response as http-proxy-middleware reads it: it ends when the attempt ends and is written by the attempt. */
export class ResponseView {
  readonly headersSent = false
  finished = false
  destroyed = false
  writableFinished = true
  #closeListeners: (() => void)[] = []

  on(event: string, listener: () => void): this {
    if (event === 'close') this.#closeListeners.push(listener)
    return this
  }

  destroy(): void {
    this.destroyed = true
  }

  /** Tells the library that the try is over. */
  close(isComplete: boolean): void {
    this.finished = true
    this.writableFinished = isComplete
    const listeners = this.#closeListeners
    this.#closeListeners = []
    for (const listener of listeners) listener()
  }

  asServerResponse(): ServerResponse {
    return this as unknown as ServerResponse
  }
}
