import {
  hasSameAddresses,
  type NameAnswer,
  type NameState,
  newNameState,
  stateAfter,
} from '../../balancing/dns/name-state.ts'
import { divideAddresses } from '../../balancing/dns/usable-addresses.ts'
import type { Clock } from '../clock.ts'
import type { NameResolver, Resolution } from './name-resolver.ts'

/** What an operator should know of a name. `hasAddresses`: earlier ones are used on. */
export type NameEvent =
  | {
      readonly kind: 'failing'
      readonly name: string
      readonly cause: string
      readonly hasAddresses: boolean
    }
  | { readonly kind: 'recovered'; readonly name: string; readonly addresses: readonly string[] }
  /** Addresses that no request may go to were left out. */
  | { readonly kind: 'refused'; readonly name: string; readonly addresses: readonly string[] }

export interface NameKeeperParts {
  /** Whether the configuration has a name, in lower case. */
  readonly isInUse: (name: string) => boolean
  readonly resolver: Pick<NameResolver, 'resolve' | 'close'>
  /** Takes the addresses of names whose addresses changed; null: none known any more. */
  readonly changed: (found: ReadonlyMap<string, readonly string[] | null>) => void
  readonly report: (event: NameEvent) => void
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** 0 … 1: spreads repeated questions. */
  readonly random: () => number
}

/** How often it is looked which names are due. */
const TICK_MS = 100
/** Questions under way at a time. */
const MOST_UNDERWAY = 50
/** Names whose new addresses are put in place in one go: building what depends on them must not hold up traffic. */
const NAMES_PER_SWAP = 20

/** Keeps the names of the configuration resolved, off the way of requests. */
export class NameKeeper {
  readonly #parts: NameKeeperParts
  readonly #states = new Map<string, NameState>()
  readonly #underway = new Map<string, Promise<void>>()
  /** Names whose new addresses are not in place yet. */
  readonly #fresh = new Set<string>()
  readonly #refused = new Map<string, string>()
  #timer: NodeJS.Timeout | null = null
  #isStopped = false

  constructor(parts: NameKeeperParts) {
    this.#parts = parts
  }

  /** Keeps names resolved from now on; returns when each of `names` was asked for once, or after `waitMs`. */
  async start(names: Iterable<string>, waitMs: number): Promise<void> {
    this.#timer = setInterval(() => this.tick(), TICK_MS).unref()
    this.follow(names)
    const deadline = Promise.withResolvers<void>()
    const timer = setTimeout(deadline.resolve, waitMs)
    await Promise.race([this.#firstAnswers(), deadline.promise])
    clearTimeout(timer)
    while (this.#fresh.size > 0) this.#putInPlace()
  }

  stop(): void {
    this.#isStopped = true
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#parts.resolver.close()
  }

  /** Takes up those of `names` that came into use, and asks for them at once; drops those that went out of it. */
  follow(names: Iterable<string>): void {
    const now = this.#parts.clock.monotonicMs()
    for (const name of names) {
      const state = this.#states.get(name)
      if (!this.#parts.isInUse(name)) {
        this.#states.delete(name)
        this.#refused.delete(name)
        if (state !== undefined && state.addresses !== null) this.#fresh.add(name)
      } else if (state === undefined) {
        this.#states.set(name, newNameState(now))
        if (this.#underway.size < MOST_UNDERWAY && !this.#isStopped) void this.#ask(name)
      }
    }
  }

  /** Asks for the names that are due, and puts in place what was found. */
  tick(): void {
    if (this.#isStopped) return
    const now = this.#parts.clock.monotonicMs()
    for (const [name, { dueMs }] of this.#states) {
      if (this.#underway.size >= MOST_UNDERWAY) break
      if (now >= dueMs && !this.#underway.has(name)) void this.#ask(name)
    }
    this.#putInPlace()
  }

  /**
   * The addresses of a name for a connection that is to be opened. Waits for the first answer and for no other; empty
   * when there is none.
   */
  async addressesOf(written: string): Promise<readonly string[]> {
    const name = written.toLowerCase()
    const state = this.#states.get(name)
    if (state === undefined) {
      const answer = this.#judge(name, await this.#parts.resolver.resolve(name))
      return answer.kind === 'found' ? answer.addresses : []
    }
    if (!state.isAnswered) await this.#ask(name)
    return this.#states.get(name)?.addresses ?? []
  }

  /** Names whose addresses are used although their time is over. */
  *staleNames(): Generator<string> {
    for (const [name, { isStale }] of this.#states) if (isStale) yield name
  }

  /** Settles when the question about a name is answered; asks it unless somebody did. */
  #ask(name: string): Promise<void> {
    const known = this.#underway.get(name)
    if (known !== undefined) return known
    const asked = this.#parts.resolver
      .resolve(name)
      .then((resolution) => this.#answered(name, resolution))
    this.#underway.set(name, asked)
    return asked
  }

  #answered(name: string, resolution: Resolution): void {
    this.#underway.delete(name)
    const before = this.#states.get(name)
    if (before === undefined || this.#isStopped) return
    const { clock, random } = this.#parts
    const answer = this.#judge(name, resolution)
    const after = stateAfter(before, answer, { nowMs: clock.monotonicMs(), random: random() })
    this.#states.set(name, after)
    if (!hasSameAddresses(before, after)) this.#fresh.add(name)
    this.#tell(name, { before, after, resolution })
  }

  /** What an answer is worth: an address that no request may go to is none. */
  #judge(name: string, resolution: Resolution): NameAnswer {
    if (resolution.kind !== 'found') return { kind: resolution.kind }
    const { usable, refused } = divideAddresses(resolution.addresses)
    const before = this.#refused.get(name) ?? ''
    this.#refused.set(name, refused.join())
    if (refused.length > 0 && refused.join() !== before) {
      this.#parts.report({ kind: 'refused', name, addresses: refused })
    }
    return usable.length > 0
      ? { kind: 'found', addresses: usable, ttlMs: resolution.ttlMs }
      : { kind: 'absent' }
  }

  /** Says once that a name fails, again when its addresses are given up, and once that it is back. */
  #tell(
    name: string,
    {
      before,
      after,
      resolution,
    }: { readonly before: NameState; readonly after: NameState; readonly resolution: Resolution },
  ): void {
    const { report } = this.#parts
    const hasAddresses = after.addresses !== null
    if (after.failures === 0) {
      const { addresses } = after
      if (before.failures > 0 && addresses !== null) report({ kind: 'recovered', name, addresses })
    } else if (before.failures === 0 || hasAddresses !== (before.addresses !== null)) {
      const cause = resolution.kind === 'found' ? 'ENODATA' : resolution.cause
      report({ kind: 'failing', name, cause, hasAddresses })
    }
  }

  #putInPlace(): void {
    if (this.#fresh.size === 0) return
    const found = new Map<string, readonly string[] | null>()
    for (const name of this.#fresh) {
      found.set(name, this.#states.get(name)?.addresses ?? null)
      this.#fresh.delete(name)
      if (found.size === NAMES_PER_SWAP) break
    }
    this.#parts.changed(found)
  }

  async #firstAnswers(): Promise<void> {
    for (const name of this.#states.keys()) {
      if (this.#isStopped) return
      if (this.#states.get(name)?.isAnswered === false) await this.#ask(name)
    }
  }
}
