import { hasRoom } from '../balancing/circuit-breaker.ts'
import { type NoPeer, type PickedPeer, pickPeer } from '../balancing/pick-peer.ts'
import type { ParsedRequest } from '../model/request.ts'
import { pathCaptures } from '../routing/router.ts'
import type { ForwardChoice } from './choose.ts'
import type { ConnectionReuse } from './forwarder.ts'
import type { GatewayContext } from './gateway-context.ts'

const NONE_EXCLUDED: ReadonlySet<string> = new Set()
const FULL: NoPeer = { kind: 'none', reason: 'full' }

/** How the next peer is picked. */
export interface NextPick {
  /** Whether one request may go to the same peer twice, when all were tried. */
  readonly repeats: boolean
  /** The connections that it may go over. */
  readonly reuse: ConnectionReuse
}

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

  /** Another peer than those tried; when all were, any of them again if it may be; else why there is none to be had. */
  next(request: ParsedRequest, choice: ForwardChoice, next: NextPick): PickedPeer | NoPeer {
    if (this.#last !== null) this.#excluded = new Set(this.#excluded).add(this.#last.peer.key)
    const pick = this.#pick(request, choice, next)
    if (pick.kind === 'peer') this.#last = pick
    else if (pick.reason === 'full') this.#countRefusal(choice)
    return pick
  }

  /** The peer that was picked last, if it has room for one more try now; else why not. */
  again(choice: ForwardChoice, reuse: ConnectionReuse): PickedPeer | NoPeer {
    const { limits } = choice.variant.balancing.upstream
    if (this.#last !== null && hasRoom(this.#last.load, limits, mayOpen(reuse))) {
      return this.#last
    }
    this.#countRefusal(choice)
    return FULL
  }

  #pick(
    request: ParsedRequest,
    choice: ForwardChoice,
    { repeats, reuse }: NextPick,
  ): PickedPeer | NoPeer {
    const { balancer, draws, health, clock } = this.#context
    const { upstream } = choice.variant.balancing
    const context = {
      request,
      identity: choice.identity,
      captures: () => pathCaptures(choice.match, request.path),
      draws,
      variantCookies: choice.issueCookies,
      excluded: this.#excluded,
      unavailable: health.availability(upstream, clock.now()).unavailable,
      mayOpen: mayOpen(reuse),
      healthySinceMs: (key: string) => health.of(upstream.id, key).healthySinceMs,
      previous: this.#last,
      nowMs: this.#nowMs,
    }
    const pick = pickPeer(upstream, context, balancer)
    if (pick.kind === 'peer' || this.#excluded.size === 0 || !repeats) return pick
    this.#excluded = NONE_EXCLUDED
    return pickPeer(upstream, { ...context, excluded: NONE_EXCLUDED }, balancer)
  }

  #countRefusal({ variant }: ForwardChoice): void {
    const { balancing } = variant
    this.#context.balancer.refuse(balancing.kind === 'upstream' ? balancing.upstream.id : null)
  }
}

/** What wants a fresh connection may find that none of the idle ones is. */
function mayOpen(reuse: ConnectionReuse): boolean {
  return reuse !== 'any'
}
