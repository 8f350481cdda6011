import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { UpstreamRequest } from '../forwarder.ts'

/** What a try lets http-proxy-middleware do. */
export interface ViewedAttempt {
  /** The library holds a connection and asks for the body: `sink` is the request to the upstream. */
  startBody(sink: ClientRequest): void
}

const WRITABLE_SOCKET = { writable: true } as const

/**
 * The request as http-proxy-middleware reads it: method, target and Host, and a body that the attempt itself feeds. The
 * other fields are not for it: it would copy and look through them several times, and the attempt writes the head.
 */
export class RequestView {
  readonly attempt: ViewedAttempt
  readonly method: string
  /** Nothing before the path filter has passed it: the library parses for that filter what it finds here. */
  url = ''
  readonly headers: { readonly host: string }
  readonly httpVersion = '1.1'
  readonly httpVersionMajor = 1
  /** Writable as far as the library asks: the attempt itself watches the client's connection. */
  readonly socket = WRITABLE_SOCKET
  readonly #target: string

  constructor({ method, target, host }: UpstreamRequest, attempt: ViewedAttempt) {
    this.attempt = attempt
    this.method = method
    this.headers = { host }
    this.#target = target
  }

  /** What the path filter does. */
  pass(): true {
    this.url = this.#target
    return true
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

  /** The answer is relayed by the attempt: the library shall not listen to it. */
  keepAnswer(): void {
    this.finished = true
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
