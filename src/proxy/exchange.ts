import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NoPeer, PickedPeer } from '../balancing/pick-peer.ts'
import type { FallbackFacts } from '../metrics/access-entry.ts'
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
import {
  answerToFailure,
  CLIENT_LEFT_STATUS,
  type Loss,
  lossForWantOfPeer,
  lossOf,
  NO_PEER,
} from './outcome.ts'
import { pauseForClient } from './pause.ts'
import { nextTry, type RepeatedRequest, reuseFor } from './retry.ts'
import { fallenBack, isUnderSafetyNet } from './safety-net.ts'
import { sendAnswer, withVariant } from './send-answer.ts'
import { Side } from './side.ts'
import { stickyCookies } from './sticky-cookies.ts'
import type { OpenStream, StreamEndReason } from './streams/open-streams.ts'
import { buildUpstreamRequest } from './upstream-request.ts'

/** How the next try is sent. */
interface NextSend {
  /** What comes of the request when no peer is to be had. */
  readonly loss: Loss
  readonly reuse: ConnectionReuse
  /** It counts against no limit of tries. */
  readonly isFree?: boolean
}

const OVERLOADED = gatewayAnswer(503, 'The gateway is overloaded', {
  fields: [['Retry-After', '1']],
  closes: true,
})
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
  #request: ParsedRequest | null = null
  #expectsContinue = false
  #choice: Choice | null = null
  #side: Side | null = null
  #fallback: FallbackFacts | null = null
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
  }

  /** Serves the request. Never throws: what goes wrong is answered and recorded. */
  serve(): void {
    this.#guard(() => this.#serve())
  }

  #serve(): void {
    const { shedsFor } = this.#context.overload.state
    if (shedsFor !== null) {
      this.#answer(OVERLOADED, `overload-${shedsFor}`)
      return
    }
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
      this.#context.limits,
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
      this.#side = new Side(this.#context, choice)
      this.#tryPeer(NO_PEER)
    }
  }

  connected(): void {
    this.#side?.sent()
  }

  head(head: UpstreamHead): ClientHead | null {
    const { request, side, choice } = this.#forwarded()
    const upstreamMs = side.answered(head.statusCode)
    if (choice.plan.canary?.safetyNetStatuses?.has(head.statusCode) && this.#isUnderSafetyNet()) {
      return null
    }
    this.#endConnectionInDrain()
    return clientHead(head, {
      requestId: this.#requestId,
      via: this.#context.product.via,
      upstreamLatencyMs: Math.round(upstreamMs),
      proxyLatencyMs: Math.round(side.sentMs - this.#startedMs),
      variant: choice.variantField,
      cookies: stickyCookies(choice.decision.issueCookie, side.pick?.issueCookie ?? null, {
        isSecure: request.scheme === 'https',
      }),
      debugFields: this.#context.allowsDebugHeader
        ? debugFields(request, choice.plan)
        : NO_DEBUG_FIELDS,
    })
  }

  opened({ kind, end }: LongStream): void {
    const { side, choice } = this.#forwarded()
    const { plan, service, decision, variant } = choice
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
    side.opened()
    this.#context.streams.add(this.#stream)
  }

  settled(outcome: ForwardOutcome): void {
    this.#guard(() => this.#settled(outcome))
  }

  #settled(outcome: ForwardOutcome): void {
    const { request, side } = this.#forwarded()
    side.endTry(outcome)
    if (this.#stream !== null) this.#context.streams.remove(this.#stream)
    if (outcome.kind === 'completed') {
      this.#record(this.#response.statusCode, this.#endedFor)
      return
    }
    if (outcome.kind === 'declined') {
      this.#fallBack(side.status, null)
      return
    }
    const { failure, headSent } = outcome
    if (failure.side === 'gateway') this.#context.reportBug(failure.cause, this.#requestId)
    const next = nextTry(outcome, {
      request: this.#repeated(request),
      triesLeft: side.triesLeft,
    })
    if (next === 'new-connection') {
      this.#send(side.pickAgain('new'), {
        loss: lossOf(failure.reason),
        reuse: 'new',
        isFree: true,
      })
    } else if (next === 'another-peer' && side.takeRetry()) {
      this.#tryPeer(lossOf(failure.reason))
    } else if (headSent) {
      this.#record(this.#response.statusCode, failure.reason)
    } else if (failure.reason === 'client-left') {
      this.#record(CLIENT_LEFT_STATUS, failure.reason)
    } else {
      this.#lose(lossOf(failure.reason), failure.side === 'upstream')
    }
  }

  /** A try at another peer; `loss` is what comes of the request when there is none. */
  #tryPeer(loss: Loss): void {
    const { request, side } = this.#forwarded()
    const before = side.pick
    const reuse = reuseFor(this.#repeated(request))
    const pick = side.nextPeer(request, { repeats: !this.#isUnderSafetyNet(), reuse })
    if (pick.kind === 'none' || pick.peer.key !== before?.peer.key) {
      this.#send(pick, { loss, reuse })
      return
    }
    // What it had room for may have gone to others in the meantime.
    const goOn = () => this.#guard(() => this.#send(side.pickAgain(reuse), { loss, reuse }))
    const clientLeft = () => this.#record(CLIENT_LEFT_STATUS, 'client-left')
    pauseForClient(this.#response, { goOn, clientLeft })
  }

  /** One try at the peer that was picked. */
  #send(pick: PickedPeer | NoPeer, { loss, reuse, isFree = false }: NextSend): void {
    if (pick.kind === 'none') {
      this.#lose(lossForWantOfPeer(pick, loss), true)
      return
    }
    const { request, side, choice } = this.#forwarded()
    const { peer, load } = pick
    const upstreamRequest = buildUpstreamRequest({
      request,
      choice,
      peer,
      load,
      requestId: this.#requestId,
      via: this.#context.product.via,
      expectsContinue: this.#expectsContinue,
      isUpgrade: this.#client.upgrade !== null,
      reuse,
    })
    side.beginTry(pick, isFree)
    this.#context.forwarder.forward(upstreamRequest, this.#client, this)
  }

  /** The side has nothing left to try. */
  #lose({ answer, reason }: Loss, isFaultOfUpstream: boolean): void {
    if (isFaultOfUpstream && this.#isUnderSafetyNet()) this.#fallBack(answer.status, reason)
    else this.#answer(answer, reason)
  }

  /** The primary serves what the canary failed. */
  #fallBack(status: number, reason: string | null): void {
    const { side, choice } = this.#forwarded()
    side.end()
    this.#fallback = {
      status,
      reason,
      target: side.pick?.peer.key ?? null,
      tries: side.tries,
      totalMs: this.#context.clock.monotonicMs() - this.#startedMs,
      upstreamMs: side.upstreamMs,
    }
    this.#choice = fallenBack(choice)
    this.#side = new Side(this.#context, this.#choice)
    this.#tryPeer(NO_PEER)
  }

  #isUnderSafetyNet(): boolean {
    const { request, choice } = this.#forwarded()
    return isUnderSafetyNet(choice, this.#repeated(request))
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

  #forwarded(): { request: ParsedRequest; side: Side; choice: ForwardChoice } {
    const request = this.#request
    const side = this.#side
    if (request === null || side === null) throw new Error('a request that was not forwarded')
    return { request, side, choice: side.choice }
  }

  /** The entry of the request: the first call counts. */
  #record(status: number, reason: string | null): void {
    if (this.#isRecorded) return
    this.#isRecorded = true
    this.#side?.end()
    const endedMs = this.#context.clock.monotonicMs()
    this.#context.record(
      accessEntry({
        at: this.#now,
        requestId: this.#requestId,
        incoming: this.#incoming,
        request: this.#request,
        choice: this.#choice,
        peer: this.#side?.pick?.peer ?? null,
        status,
        tries: this.#side?.tries ?? 0,
        totalMs: endedMs - this.#startedMs,
        upstreamMs: this.#side?.upstreamMs ?? null,
        reason,
        fallback: this.#fallback,
      }),
    )
  }
}
