import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionWait } from '../../balancing/peer-connections.ts'
import { forgetBody } from '../connection/unread-body.ts'
import type {
  ClientStreams,
  ForwardFailureReason,
  ForwardHandlers,
  ForwardOutcome,
  UpstreamRequest,
} from '../forwarder.ts'
import { isWebSocket } from '../head/websocket-request.ts'
import { AnswerRelay, cutShort } from './answer-relay.ts'
import { AttemptWaits } from './attempt-waits.ts'
import { BodyRelay } from './body-relay.ts'
import type { ClientPatience } from './client-patience.ts'
import { isEventStream } from './event-stream.ts'
import {
  REASONS_OF_TUNNEL_ENDS,
  reasonOfBodyError,
  reasonOfError,
  reasonOfHeadError,
  sideOf,
} from './failure.ts'
import { flushHead } from './flush-head.ts'
import { framingFault } from './framing.ts'
import { RequestView, ResponseView, type ViewedAttempt } from './library-views.ts'
import { writeRequestHead } from './request-head.ts'
import { Tunnel, type TunnelEnd } from './tunnel.ts'

/** More interim answers than this before the final one are taken for an attack (reliability.md section 2). */
const INTERIM_ANSWERS = 16
/** From this status on, an answer that comes before the request's end says that the rest is not wanted. */
const FIRST_REFUSING_STATUS = 300

export interface AttemptParts {
  readonly request: UpstreamRequest
  readonly client: ClientStreams
  readonly handlers: ForwardHandlers
  readonly patience: ClientPatience
}

/** One request to one upstream connection, from the first byte to the one report of how it ended. */
export class Attempt implements ViewedAttempt {
  readonly requestView: RequestView
  readonly responseView = new ResponseView()
  readonly #request: UpstreamRequest
  readonly #client: ClientStreams
  readonly #handlers: ForwardHandlers
  readonly #patience: ClientPatience
  #sink: ClientRequest | null = null
  #body: BodyRelay | null = null
  #answer: IncomingMessage | null = null
  #relay: AnswerRelay | null = null
  readonly #connection: ConnectionWait
  readonly #waits: AttemptWaits
  #isEventStream = false
  #isConnected = false
  #interimAnswers = 0
  #headSent = false
  #isSettled = false

  constructor({ request, client, handlers, patience }: AttemptParts) {
    this.#request = request
    this.#client = client
    this.#handlers = handlers
    this.#patience = patience
    this.#waits = new AttemptWaits({ timeouts: request.timeouts, patience, late: this.#onLate })
    this.#connection = request.connections.await()
    this.requestView = new RequestView(request, this)
    client.response.on('close', this.#onClientClose)
    if (request.body.kind !== 'none') client.request.on('error', this.#onBodyError)
  }

  /** A connection is assigned: watches it and frames the request; the body follows once it is open. */
  startBody(sink: ClientRequest): void {
    if (this.#isSettled) {
      sink.destroy()
      return
    }
    this.#sink = sink
    sink.on('information', this.#onInterim)
    sink.on('upgrade', this.#onUpgrade)
    sink.on('close', this.#onSinkClose)
    if (this.#request.expectsContinue) sink.on('continue', this.#onContinue)
    try {
      writeRequestHead(sink, this.#request)
    } catch (error) {
      this.failed(error)
      return
    }
    const socket = sink.socket as Socket
    if (socket.connecting) {
      this.#connection.assigned()
      this.#waits.forConnection()
      socket.once(
        this.#request.destination.tls === null ? 'connect' : 'secureConnect',
        this.#onConnected,
      )
    } else {
      this.#onConnected()
    }
    if (this.#request.body.kind === 'none') sink.end()
  }

  /** The answer's head arrived. */
  answered(answer: IncomingMessage): void {
    if (this.#isSettled) {
      answer.destroy()
      return
    }
    const fault = framingFault(answer)
    if (fault !== null) {
      this.#fail('malformed', fault)
      return
    }
    this.#answer = answer
    this.#waits.forAnswer()
    if (this.#isFeeding() && (answer.statusCode ?? 0) >= FIRST_REFUSING_STATUS) {
      this.#body?.stop()
      this.#client.response.shouldKeepAlive = false
      forgetBody(this.#client)
    }
    if (!this.#writeHead(answer)) return
    this.#relay = new AnswerRelay(answer, this.#client.response, {
      progressed: this.#onAnswerProgress,
      paused: this.#onAnswerHeldUp,
      ended: this.#onAnswerHeldUp,
      broken: (cause) => this.#fail('truncated', cause),
    })
    this.#relay.start()
    this.responseView.keepAnswer()
    if (isEventStream(answer)) this.#openEventStream()
  }

  #openEventStream(): void {
    this.#isEventStream = true
    this.#waits.forEventStream()
    this.#handlers.opened({ kind: 'event_stream', end: this.#endAnswer })
  }

  /** The library reports an error of the connection, of the answer, or of its own. */
  failed(error: unknown): void {
    // Bytes behind a complete answer spoil the connection, not the answer.
    if (this.#isSettled || this.#answer?.complete || this.#relay?.isStopped) return
    if (this.#headSent) this.#fail('truncated', String(error))
    else this.#fail(reasonOfError(error, this.#isConnected), String(error))
  }

  readonly #onConnected = (): void => {
    if (this.#isSettled || this.#sink === null) return
    this.#isConnected = true
    this.#connection.end()
    this.#handlers.connected(this.#sink.reusedSocket)
    if (this.#request.body.kind === 'none') {
      this.#waits.forAnswer()
      return
    }
    // Not before: a body that nothing was taken of can still go to another target.
    this.#body = new BodyRelay({
      source: this.#client.request,
      sink: this.#sink,
      kept: this.#request.keptBody,
      limitBytes: this.#request.bodyLimitBytes,
      awaitsContinue: this.#request.expectsContinue,
      leastPace: this.#patience.leastPace,
      progressed: this.#onBodyProgress,
      tooLarge: () => this.#fail('body-too-large', 'more of the body than is allowed'),
      tooSlow: this.#onSlowBody,
    })
    this.#body.start()
    this.#onBodyProgress()
  }

  /** While the body goes out: who is waited for, the client or the upstream? */
  readonly #onBodyProgress = (): void => {
    if (this.#body === null) return
    if (this.#answer !== null) {
      // It began early, and may wait for more of the body before it goes on.
      if (!this.#waits.isForClient) this.#onAnswerProgress()
      return
    }
    const awaited = this.#body.waitsFor()
    if (awaited === 'answer') this.#waits.forAnswer()
    else if (awaited === 'upstream') this.#waits.forUpstream()
    else this.#waits.forClient()
  }

  readonly #onSlowBody = (): void => {
    // An answer that has begun may be a conversation.
    if (this.#isFeeding() && this.#answer === null)
      this.#fail('client-slow', 'too little of the body')
  }

  readonly #onBodyError = (error: unknown): void => {
    const reason = reasonOfBodyError(error)
    if (reason !== null) this.#fail(reason, String(error))
  }

  /** Ends the answer here, as if the upstream had. */
  readonly #endAnswer = (): void => {
    if (this.#isSettled || this.#relay === null || this.#relay.isStopped) return
    this.#relay.stop()
    this.#sink?.destroy()
    this.#client.response.end()
    this.#onAnswerHeldUp()
  }

  readonly #onAnswerProgress = (): void => {
    if (this.#relay?.isStopped) return
    if (this.#isEventStream) this.#waits.forEventStream()
    else this.#waits.forAnswer()
  }

  /** What is left of the answer waits for the client to take it. */
  readonly #onAnswerHeldUp = (): void => {
    this.#waits.forClient()
  }

  readonly #onContinue = (): void => {
    if (this.#isSettled || this.#headSent) return
    this.#client.response.writeContinue()
    this.#body?.continued()
  }

  readonly #onInterim = (): void => {
    this.#interimAnswers += 1
    if (this.#interimAnswers > INTERIM_ANSWERS) this.#fail('malformed', 'too many interim answers')
  }

  /** The upstream has switched protocols; `first` is what it sent behind its head. */
  readonly #onUpgrade = (answer: IncomingMessage, upstream: Socket, first: Buffer): void => {
    const { upgrade, response } = this.#client
    if (this.#isSettled || upgrade === null || !isWebSocket(answer.headers.upgrade ?? '')) {
      upstream.destroy()
      this.#fail('malformed', 'switched protocols unasked')
      return
    }
    this.#answer = answer
    if (!this.#writeHead(answer)) {
      upstream.destroy()
      return
    }
    flushHead(response)
    this.#waits.end()
    const client = upgrade.takeOver()
    const tunnel = new Tunnel({
      client: client.socket,
      upstream,
      idleMs: this.#patience.upgradedIdleMs,
      totalMs: this.#patience.upgradedTotalMs,
      ended: this.#onTunnelEnd,
    })
    tunnel.start(client.received, first)
    this.#handlers.opened({ kind: 'websocket', end: () => tunnel.close() })
  }

  readonly #onTunnelEnd = (end: TunnelEnd): void => {
    if (end === 'complete') this.#settle({ kind: 'completed' })
    else this.#fail(REASONS_OF_TUNNEL_ENDS[end], `the upgraded connection is over: ${end}`)
  }

  readonly #onSinkClose = (): void => {
    if (this.#answer === null) this.#fail('reset', 'closed without an answer')
  }

  readonly #onClientClose = (): void => {
    const { response } = this.#client
    if (response.writableFinished && this.#answer !== null) {
      this.#settle({ kind: 'completed' })
    } else {
      this.#fail('client-left', 'the client closed the connection')
    }
  }

  /** Writes the head for the client; false when that failed or it is not wanted, and the try is over. */
  #writeHead(answer: IncomingMessage): boolean {
    try {
      const head = this.#handlers.head({
        statusCode: answer.statusCode as number,
        rawHeaders: answer.rawHeaders,
      })
      if (head === null) {
        this.#settle({ kind: 'declined' })
        return false
      }
      this.#client.response.writeHead(head.statusCode, head.rawHeaders)
    } catch (error) {
      this.#fail(reasonOfHeadError(error), String(error))
      return false
    }
    this.#headSent = true
    return true
  }

  /** Whether some of the client's body is still to be handed over. */
  #isFeeding(): boolean {
    return this.#body !== null && !this.#body.isDone
  }

  readonly #onLate = (reason: ForwardFailureReason): void => {
    if (reason === 'stream-idle') this.#handlers.silent()
    else this.#fail(reason, 'no progress in time')
  }

  #fail(reason: ForwardFailureReason, cause: string): void {
    if (this.#isSettled) return
    this.#settle({
      kind: 'failed',
      failure: { side: sideOf(reason), reason, cause },
      headSent: this.#headSent,
      requestSent: this.#isConnected,
      bodyTouched: this.#body?.isTouched ?? false,
      reusedSocket: this.#sink?.reusedSocket ?? false,
    })
  }

  #settle(outcome: ForwardOutcome): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#connection.end()
    this.#waits.end()
    this.#body?.stop()
    const { request, response } = this.#client
    response.removeListener('close', this.#onClientClose)
    request.removeListener('error', this.#onBodyError)
    if (outcome.kind !== 'completed') {
      this.#relay?.stop()
      this.#sink?.destroy()
      // Not at once: Node writes at the end of a turn what it was given in it, and the client gets all that came.
      if (this.#headSent) setImmediate(cutShort, this.#client)
    } else if (this.#isFeeding()) {
      this.#sink?.destroy()
      forgetBody(this.#client)
    }
    this.responseView.close(outcome.kind === 'completed')
    this.#handlers.settled(outcome)
  }
}
