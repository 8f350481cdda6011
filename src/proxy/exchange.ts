import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PickedPeer } from '../balancing/pick-peer.ts'
import type { RetryBudget } from '../balancing/retry-budget.ts'
import type { ParsedRequest } from '../model/request.ts'
import { accessEntry } from './access-facts.ts'
import { type Choice, choose, type ForwardChoice } from './choose.ts'
import { clientHead } from './client-head.ts'
import { isTls, serverNameOf } from './connection/server-socket.ts'
import { debugFields } from './debug-fields.ts'
import type {
  ClientHead,
  ClientStreams,
  ConnectionReuse,
  ForwardHandlers,
  ForwardOutcome,
  LongStream,
  UpstreamHead,
} from './forwarder.ts'
import { type GatewayAnswer, gatewayAnswer } from './gateway-answer.ts'
import type { GatewayContext } from './gateway-context.ts'
import { parseHead } from './head/parse-head.ts'
import { answerToFailure, CLIENT_LEFT_STATUS } from './outcome.ts'
import { pauseForClient } from './pause.ts'
import { PeerPicks } from './peer-picks.ts'
import { PeerTry, retryBudget } from './peer-try.ts'
import { nextTry, type RepeatedRequest, reuseFor } from './retry.ts'
import { sendAnswer, withVariant } from './send-answer.ts'
import { stickyCookies } from './sticky-cookies.ts'
import type { OpenStream, StreamEndReason } from './streams/open-streams.ts'
import { buildUpstreamRequest } from './upstream-request.ts'

const NO_DEBUG_FIELDS: readonly string[] = []

/** One request of a client, from its head to its one entry in the access log. */
export class Exchange implements ForwardHandlers {
  readonly #context: GatewayContext
  readonly #client: ClientStreams
  readonly #incoming: IncomingMessage
  readonly #response: ServerResponse
  readonly #requestId: string
  readonly #startedMs: number
  readonly #now: number
  readonly #picks: PeerPicks
  #request: ParsedRequest | null = null
  #expectsContinue = false
  #choice: Choice | null = null
  #peerTry: PeerTry | null = null
  #budget: RetryBudget | null = null
  #tries = 0
  #triesLeft = 0
  #sentMs = 0
  #headMs: number | null = null
  #stream: OpenStream | null = null
  #endedFor: StreamEndReason | null = null
  #isRecorded = false

  constructor(context: GatewayContext, client: ClientStreams) {
    this.#context = context
    this.#client = client
    this.#incoming = client.request
    this.#response = client.response
    this.#requestId = context.newRequestId()
    this.#startedMs = context.clock.monotonicMs()
    this.#now = context.clock.now()
    this.#picks = new PeerPicks(context, this.#now)
  }

  /** Serves the request. Never throws: what goes wrong is answered and recorded. */
  serve(): void {
    this.#guard(() => this.#serve())
  }

  #serve(): void {
    const { socket } = this.#incoming
    const verdict = parseHead(
      {
        method: this.#incoming.method ?? '',
        target: this.#incoming.url ?? '',
        httpVersion: this.#incoming.httpVersion,
        rawHeaders: this.#incoming.rawHeaders,
        peerAddress: socket.remoteAddress ?? '',
        listenerPort: socket.localPort ?? 0,
        isTls: isTls(socket),
        serverName: serverNameOf(socket),
      },
      this.#context.trust,
    )
    if (verdict.kind === 'refused') {
      const fields = verdict.allow === null ? [] : [['Allow', verdict.allow] as const]
      const options = { fields, closes: true }
      this.#answer(gatewayAnswer(verdict.status, verdict.message, options), verdict.reason)
      return
    }
    this.#request = verdict.request
    this.#expectsContinue = verdict.expectsContinue
    const runtime = this.#context.runtime()
    const choice = choose(runtime, verdict.request, {
      now: this.#now,
      draws: this.#context.draws,
      health: this.#context.health,
    })
    this.#choice = choice
    if (choice.kind === 'answer') {
      this.#answer(choice.answer, choice.reason)
    } else {
      this.#triesLeft = 1 + choice.service.retries
      this.#budget = retryBudget(this.#context, choice.variant.balancing)
      this.#budget.begin()
      this.#tryPeer(verdict.request, choice)
    }
  }

  connected(): void {
    this.#sentMs = this.#context.clock.monotonicMs()
  }

  head(head: UpstreamHead): ClientHead {
    const { clock, product } = this.#context
    const headMs = clock.monotonicMs()
    this.#headMs = headMs
    const upstreamMs = headMs - this.#sentMs
    this.#peerTry?.answered(head.statusCode, upstreamMs, clock.now())
    this.#endConnectionInDrain()
    const { decision, variantField, plan } = this.#forwarded()
    return clientHead(head, {
      requestId: this.#requestId,
      via: product.via,
      upstreamLatencyMs: Math.round(upstreamMs),
      proxyLatencyMs: Math.round(this.#sentMs - this.#startedMs),
      variant: variantField,
      cookies: stickyCookies(decision.issueCookie, this.#picks.last?.issueCookie ?? null, {
        isSecure: this.#request?.scheme === 'https',
      }),
      debugFields: this.#context.allowsDebugHeader
        ? debugFields(this.#request as ParsedRequest, plan)
        : NO_DEBUG_FIELDS,
    })
  }

  opened({ kind, end }: LongStream): void {
    const { plan, service, decision, variant } = this.#forwarded()
    this.#stream = {
      kind,
      plan,
      service,
      decision,
      variant,
      openedMs: this.#context.clock.monotonicMs(),
      end: (reason) => {
        this.#endedFor ??= reason
        end()
      },
    }
    this.#peerTry?.opened(this.#context.clock.now())
    this.#context.streams.add(this.#stream)
  }

  settled(outcome: ForwardOutcome): void {
    this.#guard(() => this.#settled(outcome))
  }

  #settled(outcome: ForwardOutcome): void {
    this.#peerTry?.end(outcome, this.#context.clock.now())
    this.#peerTry = null
    if (this.#stream !== null) this.#context.streams.remove(this.#stream)
    if (outcome.kind === 'completed') {
      this.#record(this.#response.statusCode, this.#endedFor)
      return
    }
    const { failure, headSent } = outcome
    if (failure.side === 'gateway') this.#context.reportBug(failure.cause, this.#requestId)
    const request = this.#request as ParsedRequest
    const choice = this.#forwarded()
    const next = nextTry(outcome, {
      request: this.#repeated(request),
      triesLeft: this.#triesLeft,
    })
    if (next === 'new-connection') {
      this.#triesLeft += 1
      this.#send(request, choice, 'new')
    } else if (next === 'another-peer' && this.#budget?.takeRetry()) {
      this.#tryPeer(request, choice)
    } else if (headSent) {
      this.#record(this.#response.statusCode, failure.reason)
    } else if (failure.reason === 'client-left') {
      this.#record(CLIENT_LEFT_STATUS, failure.reason)
    } else {
      this.#answer(answerToFailure(failure.reason), failure.reason)
    }
  }

  #tryPeer(request: ParsedRequest, choice: ForwardChoice): void {
    const before = this.#picks.last
    const pick = this.#picks.next(request, choice)
    if (pick === null) {
      const message = 'failure to get a peer from the ring-balancer'
      this.#answer(gatewayAnswer(503, message, { fields: [['Retry-After', '1']] }), 'no-peer')
      return
    }
    const send = () => this.#send(request, choice, reuseFor(this.#repeated(request)))
    if (pick.peer.key !== before?.peer.key) {
      send()
      return
    }
    const clientLeft = () => this.#record(CLIENT_LEFT_STATUS, 'client-left')
    pauseForClient(this.#response, { goOn: () => this.#guard(send), clientLeft })
  }

  /** One try at the peer that was picked. */
  #send(request: ParsedRequest, choice: ForwardChoice, reuse: ConnectionReuse): void {
    const { peer } = this.#picks.last as PickedPeer
    const { balancing } = choice.variant
    this.#tries += 1
    this.#triesLeft -= 1
    this.#peerTry = new PeerTry(this.#context, {
      balancing,
      peer,
      nowMs: this.#context.clock.now(),
    })
    const upstreamRequest = buildUpstreamRequest({
      request,
      choice,
      peer,
      requestId: this.#requestId,
      via: this.#context.product.via,
      expectsContinue: this.#expectsContinue,
      isUpgrade: this.#client.upgrade !== null,
      reuse,
    })
    this.#context.forwarder.forward(upstreamRequest, this.#client, this)
  }

  #answer(answer: GatewayAnswer, reason: string): void {
    this.#endConnectionInDrain()
    sendAnswer(this.#client, withVariant(answer, this.#choice), {
      requestId: this.#requestId,
      server: this.#context.product.server,
      latencyMs: Math.round(this.#context.clock.monotonicMs() - this.#startedMs),
      accept: this.#incoming.headers.accept ?? null,
      hasBody: this.#request !== null && this.#request.body.kind !== 'none',
    })
    this.#record(answer.status, reason)
  }

  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#failed(error)
    }
  }

  /** An error of the gateway itself: told to the operator, and as little as possible to the client. */
  #failed(error: unknown): void {
    this.#context.reportBug(error, this.#requestId)
    if (!this.#response.headersSent) {
      this.#answer(answerToFailure('internal'), 'internal')
      return
    }
    this.#response.destroy()
    this.#record(this.#response.statusCode, 'internal')
  }

  #repeated({ method, body }: ParsedRequest): RepeatedRequest {
    return { method, body, isUpgrade: this.#client.upgrade !== null }
  }

  #endConnectionInDrain(): void {
    if (this.#context.endsConnection(this.#incoming.socket)) this.#response.shouldKeepAlive = false
  }

  #forwarded(): ForwardChoice {
    if (this.#choice?.kind !== 'forward') throw new Error('a request that was not forwarded')
    return this.#choice
  }

  /** The entry of the request: the first call counts. */
  #record(status: number, reason: string | null): void {
    if (this.#isRecorded) return
    this.#isRecorded = true
    this.#budget?.end()
    const endedMs = this.#context.clock.monotonicMs()
    this.#context.record(
      accessEntry({
        at: this.#now,
        requestId: this.#requestId,
        incoming: this.#incoming,
        request: this.#request,
        choice: this.#choice,
        peer: this.#picks.last?.peer ?? null,
        status,
        tries: this.#tries,
        totalMs: endedMs - this.#startedMs,
        upstreamMs: this.#headMs === null ? null : this.#headMs - this.#sentMs,
        reason,
      }),
    )
  }
}
