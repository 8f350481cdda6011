import { type PickedPeer, pickPeer } from '../balancing/pick-peer.ts'
import type { ParsedRequest } from '../model/request.ts'
import { pathCaptures } from '../routing/router.ts'
import type { ForwardChoice } from './choose.ts'
import type { GatewayContext } from './gateway-context.ts'

const NONE_EXCLUDED: ReadonlySet<string> = new Set()

/** The peers of one request: one for each try, another one as long as there is one. */
export class PeerPicks {
  readonly #context: GatewayContext
  readonly #nowMs: number
  #excluded: ReadonlySet<string> = NONE_EXCLUDED
  #last: PickedPeer | null = null

  /** `nowMs`: when the request came, epoch milliseconds. */
  constructor(context: GatewayContext, nowMs: number) {
    this.#context = context
    this.#nowMs = nowMs
  }

  /** The peer that was picked last; null before the first. */
  get last(): PickedPeer | null {
    return this.#last
  }

  /**
   * Another peer than those tried; when all were, any of them again if one request may go there twice (`repeats`); null
   * when there is none to be had.
   */
  next(request: ParsedRequest, choice: ForwardChoice, repeats: boolean): PickedPeer | null {
    if (this.#last !== null) this.#excluded = new Set(this.#excluded).add(this.#last.peer.key)
    const pick = this.#pick(request, choice, repeats)
    if (pick !== null) this.#last = pick
    return pick
  }

  #pick(request: ParsedRequest, choice: ForwardChoice, repeats: boolean): PickedPeer | null {
    const { balancing } = choice.variant
    if (balancing.kind === 'address') {
      if (this.#last !== null && !repeats) return null
      return { kind: 'peer', peer: balancing.peer, key: null, issueCookie: null }
    }
    const { balancer, draws, health, clock } = this.#context
    const { upstream } = balancing
    const context = {
      request,
      identity: choice.identity,
      captures: () => pathCaptures(choice.match, request.path),
      draws,
      variantCookie: choice.decision.issueCookie,
      excluded: this.#excluded,
      unavailable: health.availability(upstream, clock.now()).unavailable,
      healthySinceMs: (key: string) => health.of(upstream.id, key).healthySinceMs,
      previous: this.#last,
      nowMs: this.#nowMs,
    }
    const pick = pickPeer(upstream, context, balancer)
    if (pick.kind === 'peer') return pick
    if (pick.reason !== 'all-excluded' || !repeats) return null
    this.#excluded = NONE_EXCLUDED
    const again = pickPeer(upstream, { ...context, excluded: NONE_EXCLUDED }, balancer)
    return again.kind === 'peer' ? again : null
  }
}
