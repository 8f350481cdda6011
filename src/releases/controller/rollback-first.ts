import { setTimeout as wait } from 'node:timers/promises'
import type { StoredEntity } from '../../model/entity.ts'
import type { Plugin } from '../../model/plugin.ts'
import { effectOf } from '../engine/effect.ts'
import { foldNewEvents } from '../state/fold.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import type { LiveRelease } from './live-release.ts'
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

export interface RollbackFirstParts {
  readonly world: World
  readonly configuration: OverrideSink
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
  readonly served: LiveRelease
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
    const lift = this.#serve(live, events)
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
      this.#pending.delete(id)
      if (!abort.signal.aborted) lift()
      this.#parts.recorded(id)
    })
    const state = foldNewEvents(live.release, live.state, events)
    this.#pending.set(id, { served: { ...live, state }, abort, done })
    return this.#answer(done, () => problem ?? SLOW)
  }

  /** Ends all attempts. What is not recorded by then is lost with the process, and its share is that of before. */
  async stop(): Promise<void> {
    const pending = [...this.#pending.values()]
    for (const { abort } of pending) abort.abort()
    await Promise.all(pending.map(({ done }) => done))
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

  #serve({ release, state, stored }: LiveRelease, events: readonly NewReleaseEvent[]): () => void {
    const { world, configuration } = this.#parts
    const snapshot = world.snapshot()
    const { plugin } = effectOf(release, state, events, {
      plugin: pluginView(snapshot, stored.serviceId),
      service: serviceView(snapshot, stored.serviceId),
    })
    if (plugin === null || plugin.kind === 'delete' || plugin.id === null) return () => {}
    const place = { kind: 'plugins', id: plugin.id } as const
    const { fields } = plugin
    configuration.override({ ...place, apply: (row) => withConfig(row, fields) })
    return () => configuration.liftOverride(place)
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
