import type { BalancerState } from '../balancing/balancer-state.ts'
import type { Change, StoredEntity } from '../model/entity.ts'
import { advanceSnapshot, EMPTY_SNAPSHOT, type Snapshot } from '../model/snapshot.ts'
import { advanceRuntime, EMPTY_RUNTIME, type Runtime } from './runtime.ts'

interface Prepared {
  readonly runtime: Runtime
  readonly changes: readonly Change[]
}

/**
 * The runtime that requests run on, and the step from one to the next: prepared off to the side while a change can
 * still be refused, then put in place by one assignment. Requests under way end on the runtime they began with.
 */
export class LiveConfiguration {
  readonly #balancer: BalancerState
  #runtime: Runtime = EMPTY_RUNTIME
  #prepared: Prepared | null = null

  constructor(balancer: BalancerState) {
    this.#balancer = balancer
  }

  get runtime(): Runtime {
    return this.#runtime
  }

  get snapshot(): Snapshot {
    return this.#runtime.snapshot
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
    const next = advanceSnapshot(this.#runtime.snapshot, changes, version)
    this.#prepared = { runtime: advanceRuntime(this.#runtime, next, changes), changes }
  }

  /** Serves what was prepared last. */
  activate(): void {
    if (this.#prepared === null) return
    const { runtime, changes } = this.#prepared
    this.#prepared = null
    this.#runtime = runtime
    this.#forgetUpstreams(changes)
  }

  /** Balancer positions outlive a snapshot, but not their target. */
  #forgetUpstreams(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'upstreams' && change.after === null) this.#balancer.drop(change.id)
      if (change.kind !== 'targets' || change.after !== null) continue
      const { upstream } = (change as Change<'targets'>).before?.entity ?? {}
      const name = upstream && this.snapshot.tables.upstreams.get(upstream.id)?.entity.name
      const compiled = name === undefined ? undefined : this.#runtime.upstreamsByName.get(name)
      if (compiled !== undefined) this.#balancer.retain(compiled)
    }
  }
}
