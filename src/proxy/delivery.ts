import type { NoPeer, PickedPeer } from '../balancing/pick-peer.ts'
import type { ParsedRequest } from '../model/request.ts'
import type { AccessFacts } from './access-facts.ts'
import type { ForwardChoice } from './choose.ts'
import { clientHead } from './client-head.ts'
import { closeInDrain } from './close-in-drain.ts'
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
import type { GatewayContext } from './gateway-context.ts'
import { CLIENT_LEFT_STATUS, type Loss, lossForWantOfPeer, lossOf, NO_PEER } from './outcome.ts'
import { pauseForClient } from './pause.ts'
import { nextTry, type RepeatedRequest, reuseFor } from './retry.ts'
import { fallenBack, isUnderSafetyNet } from './safety-net.ts'
import { Side } from './side.ts'
import { stickyCookies } from './sticky-cookies.ts'
import type { OpenStream, StreamEndReason } from './streams/open-streams.ts'
import { buildUpstreamRequest } from './upstream-request.ts'

/** What a delivery is made of. */
export interface DeliveryParts {
  readonly context: GatewayContext
  readonly client: ClientStreams
  readonly request: ParsedRequest
  readonly expectsContinue: boolean
  /** What was read of the body for the choice; null for nothing. */
  readonly keptBody: Buffer | null
  readonly choice: ForwardChoice
  readonly requestId: string
  /** When the request came, monotonic ms. */
  readonly startedMs: number
  readonly ends: DeliveryEnds
}

/** How a delivery ends: in one of these ways. */
export interface DeliveryEnds {
  /** Nothing has gone to the client, and nobody is left to try. */
  lost(loss: Loss): void
  /** The answer is over, whole or cut, or the client has left; `reason` as in the access log. */
  over(status: number, reason: string | null): void
  /** An error of the gateway itself. */
  failed(error: unknown): void
}

/** How the next try is sent. */
interface NextSend {
  /** What comes of the request when no peer is to be had. */
  readonly loss: Loss
  readonly reuse: ConnectionReuse
  /** It counts against no limit of tries. */
  readonly isFree?: boolean
}

const NO_DEBUG_FIELDS: readonly string[] = []

/** A request on its way to the side it was chosen for: its tries, and what the safety net makes of their failure. */
export class Delivery implements ForwardHandlers {
  readonly #parts: DeliveryParts
  #side: Side
  #fallback: AccessFacts['fallback'] = null
  #stream: OpenStream | null = null
  #endedFor: StreamEndReason | null = null

  /** `start` it once, and `end` it once it has told how it ended. */
  constructor(parts: DeliveryParts) {
    this.#parts = parts
    this.#side = new Side(parts.context, parts.choice)
  }

  /** The choice in force: that of the safety net once it has caught the request. */
  get choice(): ForwardChoice {
    return this.#side.choice
  }

  /** What the access log tells of it. */
  get facts(): Pick<AccessFacts, 'peer' | 'tries' | 'upstreamMs' | 'fallback'> {
    const { pick, tries, upstreamMs } = this.#side
    return { peer: pick?.peer ?? null, tries, upstreamMs, fallback: this.#fallback }
  }

  start(): void {
    this.#tryPeer(NO_PEER)
  }

  end(): void {
    this.#side.end()
  }

  connected(): void {
    this.#side.sent()
  }

  head(head: UpstreamHead): ClientHead | null {
    const { context, client, request, requestId, startedMs } = this.#parts
    const side = this.#side
    const { choice } = side
    const upstreamMs = side.answered(head.statusCode)
    if (choice.plan.canary?.safetyNetStatuses?.has(head.statusCode) && this.#isUnderSafetyNet()) {
      return null
    }
    closeInDrain(context, client)
    return clientHead(head, {
      requestId,
      via: context.product.via,
      upstreamLatencyMs: Math.round(upstreamMs),
      proxyLatencyMs: Math.round(side.sentMs - startedMs),
      variant: choice.variantField,
      cookies: stickyCookies(choice.issueCookies, side.pick?.issueCookie ?? null, {
        isSecure: request.scheme === 'https',
      }),
      debugFields: context.allowsDebugHeader ? debugFields(request, choice.plan) : NO_DEBUG_FIELDS,
    })
  }

  opened({ kind, end }: LongStream): void {
    const { context } = this.#parts
    const { plan, service, decision, variant, identity } = this.choice
    this.#stream = {
      kind,
      plan,
      service,
      decision,
      variant,
      consumer: identity.consumer,
      openedMs: context.clock.monotonicMs(),
      end: (reason) => {
        this.#endedFor ??= reason
        end()
      },
    }
    this.#side.opened()
    context.streams.add(this.#stream)
  }

  silent(): void {
    this.#stream?.end('stream-idle')
  }

  settled(outcome: ForwardOutcome): void {
    this.#guard(() => this.#settled(outcome))
  }

  #settled(outcome: ForwardOutcome): void {
    const { context, client, requestId, ends } = this.#parts
    const side = this.#side
    side.endTry(outcome)
    if (this.#stream !== null) context.streams.remove(this.#stream)
    if (outcome.kind === 'completed') {
      ends.over(client.response.statusCode, this.#endedFor)
      return
    }
    if (outcome.kind === 'declined') {
      this.#fallBack(side.status, null)
      return
    }
    const { failure, headSent } = outcome
    if (failure.side === 'gateway') context.reportBug(failure.cause, requestId)
    const next = nextTry(outcome, { request: this.#repeated(), triesLeft: side.triesLeft })
    if (next === 'new-connection') {
      const loss = lossOf(failure.reason)
      this.#send(side.pickAgain('new'), { loss, reuse: 'new', isFree: true })
    } else if (next === 'another-peer') {
      this.#tryAgain(lossOf(failure.reason))
    } else if (headSent) {
      ends.over(client.response.statusCode, failure.reason)
    } else if (failure.reason === 'client-left') {
      ends.over(CLIENT_LEFT_STATUS, failure.reason)
    } else {
      this.#lose(lossOf(failure.reason), failure.side === 'upstream')
    }
  }

  /** One more try, once there is room for it; `loss` is what comes of the request without. */
  #tryAgain(loss: Loss): void {
    this.#side.awaitRetry(this.#parts.client.response, {
      goOn: () => this.#guard(() => this.#tryPeer(loss)),
      exhausted: () => this.#guard(() => this.#lose(loss, true)),
      clientLeft: this.#onClientLeft,
    })
  }

  /** A try at another peer; `loss` is what comes of the request when there is none. */
  #tryPeer(loss: Loss): void {
    const { client, request } = this.#parts
    const side = this.#side
    const before = side.pick
    const reuse = reuseFor(this.#repeated())
    const pick = side.nextPeer(request, { repeats: !this.#isUnderSafetyNet(), reuse })
    if (pick.kind === 'none' || pick.peer.key !== before?.peer.key) {
      this.#send(pick, { loss, reuse })
      return
    }
    // What it had room for may have gone to others in the meantime.
    const goOn = () => this.#guard(() => this.#send(side.pickAgain(reuse), { loss, reuse }))
    pauseForClient(client.response, { goOn, clientLeft: this.#onClientLeft })
  }

  readonly #onClientLeft = (): void => this.#parts.ends.over(CLIENT_LEFT_STATUS, 'client-left')

  /** One try at the peer that was picked. */
  #send(pick: PickedPeer | NoPeer, { loss, reuse, isFree = false }: NextSend): void {
    if (pick.kind === 'none') {
      this.#lose(lossForWantOfPeer(pick, loss), true)
      return
    }
    const { context, client, request, requestId, expectsContinue, keptBody } = this.#parts
    const { peer, load } = pick
    const upstreamRequest = buildUpstreamRequest({
      request,
      choice: this.choice,
      peer,
      load,
      requestId,
      via: context.product.via,
      expectsContinue,
      keptBody,
      isUpgrade: client.upgrade !== null,
      reuse,
    })
    this.#side.beginTry(pick, isFree)
    context.forwarder.forward(upstreamRequest, client, this)
  }

  /** The side has nothing left to try. */
  #lose(loss: Loss, isFaultOfUpstream: boolean): void {
    const { answer, reason } = loss
    if (isFaultOfUpstream && this.#isUnderSafetyNet()) this.#fallBack(answer.status, reason)
    else this.#parts.ends.lost(loss)
  }

  /** The primary serves what the canary failed. */
  #fallBack(status: number, reason: string | null): void {
    const { context, startedMs } = this.#parts
    const side = this.#side
    side.end()
    this.#fallback = {
      status,
      reason,
      target: side.pick?.peer.key ?? null,
      tries: side.tries,
      totalMs: context.clock.monotonicMs() - startedMs,
      upstreamMs: side.upstreamMs,
    }
    this.#side = new Side(context, fallenBack(side.choice))
    this.#tryPeer(NO_PEER)
  }

  #isUnderSafetyNet(): boolean {
    return isUnderSafetyNet(this.choice, this.#repeated())
  }

  #repeated(): RepeatedRequest {
    const { request, client } = this.#parts
    return { method: request.method, body: request.body, isUpgrade: client.upgrade !== null }
  }

  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#parts.ends.failed(error)
    }
  }
}
