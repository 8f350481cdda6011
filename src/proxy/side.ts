import type { ServerResponse } from 'node:http'
import type { NoPeer, PickedPeer } from '../balancing/pick-peer.ts'
import type { RetryBudget } from '../balancing/retry-budget.ts'
import type { ParsedRequest } from '../model/request.ts'
import type { ForwardChoice } from './choose.ts'
import type { ConnectionReuse, ForwardOutcome } from './forwarder.ts'
import type { GatewayContext } from './gateway-context.ts'
import { type NextPick, PeerPicks } from './peer-picks.ts'
import { PeerTry } from './peer-try.ts'
import { RetryClaim, type RetryEnds } from './retry-claim.ts'

/** What one request does at the side it was sent to: its tries at peers, and how long they took. */
export class Side {
  readonly choice: ForwardChoice
  readonly #context: GatewayContext
  readonly #picks: PeerPicks
  readonly #budget: RetryBudget
  #peerTry: PeerTry | null = null
  /** Null before a retry was asked for. */
  #retries: RetryClaim | null = null
  #isStream = false
  #tries = 0
  #triesLeft: number
  #sentMs = 0
  #headMs: number | null = null
  #status = 0

  /** Begins; `end` it once. */
  constructor(context: GatewayContext, choice: ForwardChoice) {
    this.choice = choice
    this.#context = context
    this.#picks = new PeerPicks(context, context.clock.now())
    const { variant } = choice
    const { upstream } = variant.balancing
    this.#budget = context.budgets.of(upstream)
    this.#budget.begin(upstream.retryBudget)
    this.#triesLeft = 1 + variant.retries
  }

  /** The peer that was picked last; null before the first. */
  get pick(): PickedPeer | null {
    return this.#picks.last
  }

  get tries(): number {
    return this.#tries
  }

  get triesLeft(): number {
    return this.#triesLeft
  }

  /** When the last try was sent, monotonic ms. */
  get sentMs(): number {
    return this.#sentMs
  }

  /** Status of the last answer. */
  get status(): number {
    return this.#status
  }

  /** From sending the request to the answer's head; null without one. */
  get upstreamMs(): number | null {
    return this.#headMs === null ? null : this.#headMs - this.#sentMs
  }

  /** Picks the peer of the next try: another one than before. */
  nextPeer(request: ParsedRequest, next: NextPick): PickedPeer | NoPeer {
    return this.#picks.next(request, this.choice, next)
  }

  /** The peer that was picked last, if it still has room. */
  pickAgain(reuse: ConnectionReuse): PickedPeer | NoPeer {
    return this.#picks.again(this.choice, reuse)
  }

  /** Waits until there is room for one more try, as long as the client does. */
  awaitRetry(response: ServerResponse, ends: RetryEnds): void {
    this.#retries ??= new RetryClaim(this.#budget, response)
    this.#retries.ask(this.choice.variant.timeouts.connectMs, ends)
  }

  /** A try at the peer that was picked last begins; `isFree` for one that counts against no limit. */
  beginTry({ peer, load }: PickedPeer, isFree: boolean): void {
    this.#tries += 1
    if (!isFree) this.#triesLeft -= 1
    this.#peerTry = new PeerTry(this.#context, {
      balancing: this.choice.variant.balancing,
      peer,
      load,
      isNamedByClient: this.choice.variant.preservesHost,
      nowMs: this.#context.clock.now(),
    })
  }

  sent(): void {
    this.#sentMs = this.#context.clock.monotonicMs()
  }

  /** The answer's head is there; returns how long it took, in ms. */
  answered(status: number): number {
    const { clock } = this.#context
    this.#headMs = clock.monotonicMs()
    this.#status = status
    const upstreamMs = this.#headMs - this.#sentMs
    this.#peerTry?.answered(status, upstreamMs, clock.now())
    this.#budget.answered()
    this.#retries?.release()
    return upstreamMs
  }

  /** The answer that has begun may go on for ever. */
  opened(): void {
    this.#peerTry?.opened(this.#context.clock.now())
    this.#isStream = true
    this.#budget.end()
  }

  endTry(outcome: ForwardOutcome): void {
    this.#peerTry?.end(outcome, this.#context.clock.now())
    this.#peerTry = null
    if (outcome.kind === 'failed' && outcome.failure.side === 'upstream') this.#retries?.fail()
  }

  end(): void {
    if (!this.#isStream) this.#budget.end()
    this.#retries?.end(this.#headMs !== null)
  }
}
