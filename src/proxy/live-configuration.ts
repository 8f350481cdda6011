import { isDeepStrictEqual } from 'node:util'
import { hostId } from '../balancing/compile-host.ts'
import type { CompiledUpstream } from '../balancing/compile-upstream.ts'
import { type Change, type EntityKind, isOf, type StoredEntity } from '../model/entity.ts'
import { inlineUpstreamsIn } from '../model/inline-upstreams.ts'
import { advanceSnapshot, EMPTY_SNAPSHOT, type Snapshot } from '../model/snapshot.ts'
import { changeSlices } from './change-slices.ts'
import type { PeerMemory } from './peer-try.ts'
import { type RowOverride, RowOverrides } from './row-overrides.ts'
import { advanceRuntime, EMPTY_RUNTIME, type Runtime, withAddresses } from './runtime.ts'
import { refuseUnusableCertificates } from './tls/secure-contexts.ts'

/** Addresses of names; null: none known any more. */
type FoundAddresses = ReadonlyMap<string, readonly string[] | null>

/** Compiling so many takes a few milliseconds. */
const SLICE_CHANGES = 50

interface Prepared {
  readonly runtime: Runtime
  readonly changes: readonly Change[]
}

/**
 * The runtime that requests run on, and the step from one to the next: prepared off to the side while a change can
 * still be refused, then put in place by one assignment. Requests under way end on the runtime they began with.
 */
export class LiveConfiguration {
  readonly #memory: PeerMemory
  readonly #activated: (changes: readonly Change[]) => void
  #runtime: Runtime = EMPTY_RUNTIME
  #prepared: Prepared | null = null
  /** Set while a large change is being prepared. */
  #resolvedMeanwhile: FoundAddresses[] | null = null
  readonly #overrides = new RowOverrides()

  /** `activated` is called when changes are served. */
  constructor(memory: PeerMemory, activated: (changes: readonly Change[]) => void = () => {}) {
    this.#memory = memory
    this.#activated = activated
  }

  get runtime(): Runtime {
    return this.#runtime
  }

  get snapshot(): Snapshot {
    return this.#runtime.snapshot
  }

  upstreamNamed(name: string): CompiledUpstream | undefined {
    return this.#runtime.upstreamsByName.get(name)
  }

  /** Serves a whole configuration, as read from the store. Throws GatewayError when it cannot be compiled. */
  load(version: number, rows: readonly StoredEntity[]): void {
    const changes = rows.map((row) => ({
      kind: row.kind,
      id: row.entity.id,
      before: null,
      after: row,
    }))
    const snapshot = advanceSnapshot(EMPTY_SNAPSHOT, changes, version)
    this.#runtime = advanceRuntime(EMPTY_RUNTIME, snapshot, changes)
  }

  /** Compiles the next snapshot. Throws GatewayError when it cannot be served; nothing is changed by that. */
  prepare(changes: readonly Change[], version: number): void {
    refuseUnusableCertificates(changes)
    const next = advanceSnapshot(this.#runtime.snapshot, changes, version)
    const runtime = advanceRuntime(this.#runtime, next, changes)
    this.#prepared = { runtime: this.#overrides.onTopOf(runtime), changes }
  }

  /**
   * The same for a large transaction: compiled in parts, between which `giveWay` lets requests have their turn. What is
   * learnt of addresses meanwhile is in it.
   */
  async prepareInSlices(
    changes: readonly Change[],
    version: number,
    giveWay: () => Promise<unknown>,
  ): Promise<void> {
    const base = this.#runtime
    const resolved: FoundAddresses[] = []
    this.#resolvedMeanwhile = resolved
    try {
      let next = base.snapshot
      for (const slice of changeSlices(changes, SLICE_CHANGES)) {
        refuseUnusableCertificates(slice)
        next = advanceSnapshot(next, slice, version)
        await giveWay()
      }
      let runtime = base
      for (const slice of changeSlices(changes, SLICE_CHANGES)) {
        runtime = advanceRuntime(runtime, next, slice)
        await giveWay()
      }
      for (const found of resolved) runtime = withAddresses(runtime, found).runtime
      this.#prepared = { runtime: this.#overrides.onTopOf(runtime), changes }
    } finally {
      this.#resolvedMeanwhile = null
    }
  }

  /** Serves what was prepared last. */
  activate(): void {
    if (this.#prepared === null) return
    const { runtime, changes } = this.#prepared
    this.#prepared = null
    this.#runtime = runtime
    this.#forgetPeers(changes)
    this.#activated(changes)
  }

  /**
   * Serves what is configured at other addresses of some names; null: none known any more. What is known of addresses
   * that stay is kept. Also in what is prepared and not yet served.
   */
  resolved(found: FoundAddresses): void {
    this.#resolvedMeanwhile?.push(found)
    const { runtime, recompiled } = withAddresses(this.#runtime, found)
    const prepared = this.#prepared
    if (prepared !== null) {
      this.#prepared = { ...prepared, runtime: withAddresses(prepared.runtime, found).runtime }
    }
    this.#runtime = runtime
    for (const upstream of recompiled) this.#retainPeers(upstream)
    for (const name of found.keys()) this.#memory.balancer.drop(hostId(name))
  }

  /**
   * Serves an entity otherwise than it is stored, at once and on top of every later change, also of one that is being
   * prepared, until the override is lifted. Throws GatewayError when that cannot be compiled; nothing is changed then.
   */
  override<K extends EntityKind>(override: RowOverride<K>): void {
    this.#overrides.set(override)
    try {
      this.#runtime = this.#overrides.onTopOf(this.#runtime)
    } catch (error) {
      this.#overrides.delete(override)
      throw error
    }
    const prepared = this.#prepared
    if (prepared !== null) {
      this.#prepared = { ...prepared, runtime: this.#overrides.onTopOf(prepared.runtime) }
    }
    this.#activated([])
  }

  /**
   * Ends an override once what is stored says the same; what is served changes with the next change of the entity, not
   * before.
   */
  liftOverride(place: { readonly kind: EntityKind; readonly id: string }): void {
    this.#overrides.delete(place)
  }

  /** What is known of peers outlives a snapshot, but not their target. */
  #forgetPeers(changes: readonly Change[]): void {
    const { health } = this.#memory
    for (const change of changes) {
      if (isOf(change, 'plugins')) {
        this.#forgetInlinePeers(change)
      } else if (isOf(change, 'upstreams')) {
        if (change.after === null) {
          this.#forgetUpstream(change.id)
        } else if (hasOtherChecks(change)) {
          const compiled = this.#runtime.upstreamsByName.get(change.after.entity.name)
          if (compiled !== undefined) health.changeRules(compiled)
        }
      } else if (isOf(change, 'targets') && change.before !== null) {
        const { upstream } = change.before.entity
        const name = upstream && this.snapshot.tables.upstreams.get(upstream.id)?.entity.name
        const compiled = name === undefined ? undefined : this.#runtime.upstreamsByName.get(name)
        if (compiled !== undefined) this.#retainPeers(compiled)
      }
    }
  }

  #forgetInlinePeers({ before, after }: Change<'plugins'>): void {
    const kept = new Map(inlineUpstreamsIn(after?.entity).map(({ id, upstream }) => [id, upstream]))
    for (const { id, upstream } of inlineUpstreamsIn(before?.entity)) {
      const compiled = this.#runtime.upstreamsByName.get(id)
      if (compiled === undefined) {
        this.#forgetUpstream(id)
        continue
      }
      this.#retainPeers(compiled)
      if (!isDeepStrictEqual(kept.get(id)?.checks, upstream.checks)) {
        this.#memory.health.changeRules(compiled)
      }
    }
  }

  #forgetUpstream(id: string): void {
    const { balancer, health, budgets } = this.#memory
    balancer.drop(id)
    health.drop(id)
    budgets.drop(id)
  }

  #retainPeers(upstream: CompiledUpstream): void {
    this.#memory.balancer.retain(upstream)
    this.#memory.health.retain(upstream)
  }
}

function hasOtherChecks({ before, after }: Change<'upstreams'>): boolean {
  return !isDeepStrictEqual(before?.entity.healthchecks, after?.entity.healthchecks)
}
