import { setTimeout as wait } from 'node:timers/promises'
import type { StoredEntity } from '../../model/entity.ts'
import type { Plugin } from '../../model/plugin.ts'
import { effectOf } from '../engine/effect.ts'
import { foldNewEvents } from '../state/fold.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import type { ReleaseState } from '../state/release-state.ts'
import type { LiveRelease } from './live-release.ts'
import { nextMove } from './standing.ts'
import { pluginView, serviceView, type World } from './surroundings-of.ts'

/** How one plugin is served in place of what is stored of it (see `LiveConfiguration.override`). */
export interface PluginOverride {
  readonly kind: 'plugins'
  readonly id: string
  readonly apply: (stored: StoredEntity<'plugins'>) => StoredEntity<'plugins'>
}

/** The part of the running configuration that a rollback goes to first. Must not wait for anything. */
export interface OverrideSink {
  override(override: PluginOverride): void
  liftOverride(place: { readonly kind: 'plugins'; readonly id: string }): void
}

/** A rollback answers without its record after so long. */
const RECORD_WITHIN_MS = 25
const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 2_000
/** For the records that are not there when the process stops. */
const LAST_WHILE_MS = 2_000

export interface RollbackFirstParts {
  readonly world: World
  readonly configuration: OverrideSink
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Called when the record is there at last, or not needed any more. */
  readonly recorded: (releaseId: string) => void
  /** Called with why it is not there yet. Must not throw. */
  readonly failed: (releaseId: string, error: unknown) => void
}

export type Recorded =
  | { readonly isRecorded: true }
  /** It is tried again until it is there; `reason` says in words why it is not. */
  | { readonly isRecorded: false; readonly reason: string }

interface Pending {
  /** The release as it is served. */
  served: LiveRelease
  /** Ids of the plugins that are served otherwise than they are stored. */
  readonly overridden: Set<string>
  readonly abort: AbortController
  /** Settles when the record is there, or the attempts were ended. Never rejects. */
  readonly done: Promise<void>
}

/** Rollbacks that are served before they are recorded (ADR 0010, rule 12). */
export class RollbackFirst {
  readonly #parts: RollbackFirstParts
  readonly #pending = new Map<string, Pending>()

  constructor(parts: RollbackFirstParts) {
    this.#parts = parts
  }

  isPending(releaseId: string): boolean {
    return this.#pending.has(releaseId)
  }

  /** Whether events that follow on the state must not wait for the database: they take traffic back. */
  takesBack({ phase }: ReleaseState, events: readonly NewReleaseEvent[]): boolean {
    return (
      phase === 'rolling-back' ||
      events.some(({ happening }) => happening.type === 'rollback-started')
    )
  }

  /** A release as it is served while its rollback is not recorded; null for all others. */
  servedOf(releaseId: string): LiveRelease | null {
    return this.#pending.get(releaseId)?.served ?? null
  }

  /**
   * Serves what `events` make of the plugin at once, then has `record` store them, and again until that succeeds. Returns
   * when it is stored, or after 25 ms without.
   */
  async run(
    live: LiveRelease,
    events: readonly NewReleaseEvent[],
    record: () => Promise<void>,
  ): Promise<Recorded> {
    const { id } = live.stored
    const known = this.#pending.get(id)
    if (known !== undefined) return this.#answer(known.done, () => AGAIN)
    const overridden = new Set<string>()
    const served = this.#serve(live, events, overridden)
    const abort = new AbortController()
    let problem: string | null = null
    const attempts = async (): Promise<void> => {
      for (let number = 0; !abort.signal.aborted; number++) {
        try {
          await record()
          return
        } catch (error) {
          problem = error instanceof Error ? error.message : String(error)
          this.#parts.failed(id, error)
          await pause(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** number), abort.signal)
        }
      }
    }
    const done = attempts().then(() => {
      if (abort.signal.aborted) return
      this.#pending.delete(id)
      for (const plugin of overridden) {
        this.#parts.configuration.liftOverride({ kind: 'plugins', id: plugin })
      }
      this.#parts.recorded(id)
    })
    this.#pending.set(id, { served, overridden, abort, done })
    return this.#answer(done, () => problem ?? SLOW)
  }

  /** Goes on with ramps that fall: their time does not wait for the record. */
  tick(): void {
    for (const pending of this.#pending.values()) {
      if (pending.served.state.phase !== 'rolling-back') continue
      const { served, overridden } = pending
      const move = nextMove(this.#parts.world, served, this.#parts.now())
      if (move.kind === 'append') pending.served = this.#serve(served, move.events, overridden)
    }
  }

  /**
   * Ends all attempts, those that have hope after a last while. What is not recorded by then is lost with the process,
   * and its share is that of before.
   */
  async stop(): Promise<void> {
    const pending = [...this.#pending.values()]
    const all = Promise.all(pending.map(({ done }) => done))
    if (pending.length > 0) {
      const timeout = new AbortController()
      await Promise.race([all, pause(LAST_WHILE_MS, timeout.signal)])
      timeout.abort()
    }
    for (const { abort } of pending) abort.abort()
    await all
  }

  async #answer(done: Promise<void>, reason: () => string): Promise<Recorded> {
    const timeout = new AbortController()
    const isThere = await Promise.race([
      done.then(() => true),
      pause(RECORD_WITHIN_MS, timeout.signal).then(() => false),
    ])
    timeout.abort()
    return isThere ? { isRecorded: true } : { isRecorded: false, reason: reason() }
  }

  /** The release after the events, with its plugin served as they ask. */
  #serve(
    live: LiveRelease,
    events: readonly NewReleaseEvent[],
    overridden: Set<string>,
  ): LiveRelease {
    const { release, state, stored } = live
    const snapshot = this.#parts.world.snapshot()
    const { plugin } = effectOf(release, state, events, {
      plugin: pluginView(snapshot, stored.serviceId),
      service: serviceView(snapshot, stored.serviceId),
    })
    if (plugin?.kind === 'write' && plugin.id !== null) {
      const { id, fields } = plugin
      overridden.add(id)
      this.#parts.configuration.override({
        kind: 'plugins',
        id,
        apply: (row) => withConfig(row, fields),
      })
    }
    return { ...live, state: foldNewEvents(release, state, events) }
  }
}

const SLOW = `the database has not answered within ${RECORD_WITHIN_MS} ms`
const AGAIN = 'the database has not taken it yet'

function withConfig(row: StoredEntity<'plugins'>, fields: object): StoredEntity<'plugins'> {
  const config = { ...row.entity.config, ...fields }
  return { ...row, entity: { ...row.entity, config } as Plugin }
}

/** Ends early, and without a word, when the signal says so. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal, ref: false }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
