import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { forgetBody } from '../connection/unread-body.ts'
import type {
  ClientStreams,
  ForwardFailureReason,
  ForwardHandlers,
  ForwardOutcome,
  UpstreamRequest,
} from '../forwarder.ts'
import { AnswerRelay } from './answer-relay.ts'
import { BodyFeed } from './body-feed.ts'
import { BodyPace, type LeastPace } from './body-pace.ts'
import { reasonOfBodyError, reasonOfError, reasonOfHeadError, sideOf } from './failure.ts'
import { framingFault } from './framing.ts'
import { RequestView, ResponseView, type ViewedAttempt } from './library-views.ts'

/** More interim answers than this before the final one are taken for an attack (reliability.md section 2). */
const INTERIM_ANSWERS = 16
/** From this status on, an answer that comes before the request's end says that the rest is not wanted. */
const FIRST_REFUSING_STATUS = 300

/** How long a client is waited for. */
export interface ClientPatience {
  /** How long it may neither send what is awaited from it nor take what is sent to it. */
  readonly silenceMs: number
  readonly leastPace: LeastPace
}

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
  #feed: BodyFeed | null = null
  #pace: BodyPace | null = null
  #answer: IncomingMessage | null = null
  #relay: AnswerRelay | null = null
  #timer: NodeJS.Timeout | null = null
  #waitingFor: ForwardFailureReason | null = null
  #isConnected = false
  #interimAnswers = 0
  #headSent = false
  #isSettled = false

  constructor({ request, client, handlers, patience }: AttemptParts) {
    this.#request = request
    this.#client = client
    this.#handlers = handlers
    this.#patience = patience
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
    sink.on('upgrade', this.#onUnaskedUpgrade)
    sink.on('close', this.#onSinkClose)
    if (this.#request.expectsContinue) sink.on('continue', this.#onContinue)
    else frame(sink, this.#request)
    const socket = sink.socket as Socket
    if (socket.connecting) {
      this.#wait('connect-timeout', this.#request.timeouts.connectMs)
      socket.once(
        this.#request.destination.scheme === 'https' ? 'secureConnect' : 'connect',
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
    this.#wait('read-timeout', this.#request.timeouts.readMs)
    if (this.#isFeeding() && (answer.statusCode ?? 0) >= FIRST_REFUSING_STATUS) {
      this.#feed?.stop()
      this.#client.response.shouldKeepAlive = false
      forgetBody(this.#client)
    }
    try {
      const head = this.#handlers.head({
        statusCode: answer.statusCode as number,
        rawHeaders: answer.rawHeaders,
      })
      this.#client.response.writeHead(head.statusCode, head.rawHeaders)
    } catch (error) {
      this.#fail(reasonOfHeadError(error), String(error))
      return
    }
    this.#headSent = true
    this.#relay = new AnswerRelay(answer, this.#client.response, {
      progressed: this.#onAnswerProgress,
      paused: this.#onAnswerHeldUp,
      ended: this.#onAnswerHeldUp,
      broken: (cause) => this.#fail('truncated', cause),
    })
    this.#relay.start()
  }

  /** The library reports an error of the connection, of the answer, or of its own. */
  failed(error: unknown): void {
    // Bytes behind a complete answer spoil the connection, not the answer.
    if (this.#isSettled || this.#answer?.complete) return
    if (this.#headSent) this.#fail('truncated', String(error))
    else this.#fail(reasonOfError(error, this.#isConnected), String(error))
  }

  readonly #onConnected = (): void => {
    if (this.#isSettled || this.#sink === null) return
    this.#isConnected = true
    this.#handlers.connected(this.#sink.reusedSocket)
    if (this.#request.body.kind === 'none') {
      this.#wait('read-timeout', this.#request.timeouts.readMs)
      return
    }
    // Not before: a body that nothing was taken of can still go to another target.
    this.#feed = new BodyFeed(this.#client.request, this.#sink, this.#onFeedProgress)
    this.#feed.start()
    this.#pace = new BodyPace(this.#feed, this.#patience.leastPace, this.#onSlowBody)
    this.#onFeedProgress()
  }

  /** While the body goes out: who is waited for, the client or the upstream? */
  readonly #onFeedProgress = (): void => {
    const feed = this.#feed
    if (feed === null) return
    if (this.#answer !== null) {
      // It began early, and may wait for more of the body before it goes on.
      if (this.#waitingFor === 'read-timeout') this.#onAnswerProgress()
    } else if (feed.isDone) this.#wait('read-timeout', this.#request.timeouts.readMs)
    else if (feed.isBlocked) this.#wait('send-timeout', this.#request.timeouts.sendMs)
    else this.#wait('client-silent', this.#patience.silenceMs)
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

  readonly #onAnswerProgress = (): void => {
    this.#wait('read-timeout', this.#request.timeouts.readMs)
  }

  /** What is left of the answer waits for the client to take it. */
  readonly #onAnswerHeldUp = (): void => {
    this.#wait('client-silent', this.#patience.silenceMs)
  }

  readonly #onContinue = (): void => {
    if (!this.#headSent) this.#client.response.writeContinue()
  }

  readonly #onInterim = (): void => {
    this.#interimAnswers += 1
    if (this.#interimAnswers > INTERIM_ANSWERS) this.#fail('malformed', 'too many interim answers')
  }

  readonly #onUnaskedUpgrade = (_answer: IncomingMessage, socket: Socket): void => {
    socket.destroy()
    this.#fail('malformed', 'switched protocols unasked')
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

  #wait(reason: ForwardFailureReason, timeoutMs: number): void {
    if (this.#isSettled) return
    if (this.#waitingFor === reason && this.#timer !== null) {
      this.#timer.refresh()
      return
    }
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#waitingFor = reason
    this.#timer = setTimeout(this.#onTimeout, timeoutMs)
  }

  readonly #onTimeout = (): void => {
    this.#fail(this.#waitingFor ?? 'internal', 'no progress in time')
  }

  /** Whether some of the client's body is still to be handed over. */
  #isFeeding(): boolean {
    return this.#feed !== null && !this.#feed.isDone
  }

  #fail(reason: ForwardFailureReason, cause: string): void {
    if (this.#isSettled) return
    this.#settle({
      kind: 'failed',
      failure: { side: sideOf(reason), reason, cause },
      headSent: this.#headSent,
      requestSent: this.#isConnected,
      bodyTouched: (this.#feed?.readBytes ?? 0) > 0,
      reusedSocket: this.#sink?.reusedSocket ?? false,
    })
  }

  #settle(outcome: ForwardOutcome): void {
    if (this.#isSettled) return
    this.#isSettled = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#pace?.stop()
    const { request, response } = this.#client
    response.removeListener('close', this.#onClientClose)
    request.removeListener('error', this.#onBodyError)
    if (outcome.kind === 'failed') {
      this.#relay?.stop()
      this.#feed?.stop()
      this.#sink?.destroy()
      // Not at once: Node writes at the end of a turn what it was given in it, and the client gets all that came.
      if (this.#headSent) setImmediate(cutShort, this.#client)
    } else if (this.#isFeeding()) {
      this.#feed?.stop()
      this.#sink?.destroy()
      forgetBody(this.#client)
    }
    this.responseView.close(outcome.kind === 'completed')
    this.#handlers.settled(outcome)
  }
}

/**
 * An answer that stops in the middle must not look complete: to a client that takes the end of the connection for
 * the end of the answer, only a reset says so (RFC 9112 section 8).
 */
function cutShort({ request, response }: ClientStreams): void {
  if (request.httpVersion === '1.0') request.socket.resetAndDestroy()
  else response.destroy()
}

/**
 * Frames by what was parsed, not by copied fields (reliability.md section 4, point 7). The library says a length of 0
 * for methods that seldom have a body; a removal where there is none would make Node send an empty body in chunks.
 */
function frame(sink: ClientRequest, request: UpstreamRequest): void {
  if (request.body.kind === 'length') return
  if (sink.hasHeader('content-length')) sink.removeHeader('content-length')
  if (request.body.kind === 'chunked') sink.setHeader('Transfer-Encoding', 'chunked')
}
