import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type {
  ClientStreams,
  ForwardFailureReason,
  ForwardHandlers,
  ForwardOutcome,
  UpstreamRequest,
} from '../forwarder.ts'
import { relayAnswer } from './answer-relay.ts'
import { BodyFeed } from './body-feed.ts'
import { reasonOfError, sideOf } from './failure.ts'
import { framingFault } from './framing.ts'
import { RequestView, ResponseView, type ViewedAttempt } from './library-views.ts'

/** More interim answers than this before the final one are taken for an attack (reliability.md section 2). */
const INTERIM_ANSWERS = 16
/** Silence inside a client's body (reliability.md section 3). */
const CLIENT_SILENCE_MS = 60_000

/** One request to one upstream connection, from the first byte to the one report of how it ended. */
export class Attempt implements ViewedAttempt {
  readonly requestView: RequestView
  readonly responseView = new ResponseView()
  readonly #request: UpstreamRequest
  readonly #client: ClientStreams
  readonly #handlers: ForwardHandlers
  #sink: ClientRequest | null = null
  #feed: BodyFeed | null = null
  #answer: IncomingMessage | null = null
  #timer: NodeJS.Timeout | null = null
  #waitingFor: ForwardFailureReason | null = null
  #isConnected = false
  #interimAnswers = 0
  #headSent = false
  #isSettled = false

  constructor(request: UpstreamRequest, client: ClientStreams, handlers: ForwardHandlers) {
    this.#request = request
    this.#client = client
    this.#handlers = handlers
    this.requestView = new RequestView(request, this)
    client.response.on('close', this.#onClientClose)
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
    const { response } = this.#client
    if (this.#feed !== null && !this.#feed.isDone) {
      this.#feed.stop()
      response.shouldKeepAlive = false
    }
    try {
      const head = this.#handlers.head({
        statusCode: answer.statusCode as number,
        rawHeaders: answer.rawHeaders,
      })
      response.writeHead(head.statusCode, head.rawHeaders)
    } catch (error) {
      this.#fail('malformed', String(error))
      return
    }
    this.#headSent = true
    relayAnswer(answer, response, {
      progressed: this.#onAnswerProgress,
      paused: this.#stopWaiting,
      ended: this.#stopWaiting,
      broken: (cause) => this.#fail('truncated', cause),
    })
  }

  /** The library reports an error of the connection, of the answer, or of its own. */
  failed(error: unknown): void {
    if (this.#isSettled) return
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
    this.#onFeedProgress()
  }

  /** While the body goes out: who is waited for, the client or the upstream? */
  readonly #onFeedProgress = (): void => {
    const feed = this.#feed
    if (!this.#isConnected || feed === null || this.#answer !== null) return
    if (feed.isDone) this.#wait('read-timeout', this.#request.timeouts.readMs)
    else if (feed.isBlocked) this.#wait('send-timeout', this.#request.timeouts.sendMs)
    else this.#wait('client-silent', CLIENT_SILENCE_MS)
  }

  readonly #onAnswerProgress = (): void => {
    this.#wait('read-timeout', this.#request.timeouts.readMs)
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
    if (this.#waitingFor === reason && this.#timer !== null) {
      this.#timer.refresh()
      return
    }
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#waitingFor = reason
    this.#timer = setTimeout(this.#onTimeout, timeoutMs)
  }

  readonly #stopWaiting = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#waitingFor = null
  }

  readonly #onTimeout = (): void => {
    this.#fail(this.#waitingFor ?? 'internal', 'no progress in time')
  }

  #fail(reason: ForwardFailureReason, cause: string): void {
    if (this.#isSettled) return
    this.#settle({
      kind: 'failed',
      failure: { side: sideOf(reason), reason, cause },
      headSent: this.#headSent,
      requestSent: this.#isConnected,
      bodyTouched: this.#feed?.hasRead ?? false,
      reusedSocket: this.#sink?.reusedSocket ?? false,
    })
  }

  #settle(outcome: ForwardOutcome): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#stopWaiting()
    const { response } = this.#client
    response.removeListener('close', this.#onClientClose)
    this.#feed?.stop()
    if (outcome.kind === 'failed' || this.#feed?.isDone === false) {
      this.#sink?.destroy()
      if (this.#headSent) response.destroy()
    }
    this.responseView.close(outcome.kind === 'completed')
    this.#handlers.settled(outcome)
  }
}

/** Frames by what was parsed, not by copied fields (reliability.md section 4, point 7). */
function frame(sink: ClientRequest, request: UpstreamRequest): void {
  if (request.body.kind === 'length') return
  sink.removeHeader('content-length')
  if (request.body.kind === 'chunked') sink.setHeader('Transfer-Encoding', 'chunked')
}
