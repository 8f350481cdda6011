import type { Transact } from '../../configuration/transact.ts'
import type { Draws } from '../../model/draws.ts'
import { SerialQueue } from '../../model/serial-queue.ts'
import type {
  Outcome,
  StoredRelease,
  StoredReleaseEvent,
} from '../../store/releases/release-store.ts'
import type { ChangeAuthor, StoreTransaction } from '../../store/store.ts'
import { effectOf } from '../engine/effect.ts'
import { foldNewEvents } from '../state/fold.ts'
import { isEnded, type Phase } from '../state/phase.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import { type LiveRelease, liveRelease, withEvents } from './live-release.ts'
import type { ReleaseBook } from './release-book.ts'
import { surroundingsOf, type World } from './surroundings-of.ts'
import { writeEffect } from './write-effect.ts'

/** A release after events that were committed. */
export interface Written {
  readonly live: LiveRelease
  readonly added: readonly StoredReleaseEvent[]
}

/** Writes of releases in the open transaction. */
export interface ReleaseWrites {
  /** Adds events to a release, with what they do to plugin and service. */
  readonly append: (live: LiveRelease, events: readonly NewReleaseEvent[]) => Promise<LiveRelease>
  /** Stores a new release with its first event. */
  readonly create: (stored: StoredRelease, created: NewReleaseEvent) => Promise<LiveRelease>
}

export interface WriterParts {
  readonly transact: Transact
  readonly draws: Draws
  readonly book: ReleaseBook
  readonly world: World
  /** Called for each release that was written, once it is committed and served. Must not throw. */
  readonly written: (written: Written) => void
}

/**
 * The one way to write releases: events, plugin and service in one transaction, compiled before the commit and served
 * before it returns. One at a time, so that what is decided inside is decided on what is true.
 */
export class ReleaseWriter {
  readonly #parts: WriterParts
  readonly #queue = new SerialQueue()

  constructor(parts: WriterParts) {
    this.#parts = parts
  }

  /** Runs `work` in one transaction. Fails as `work` and the store do, and then nothing has happened. */
  run<T>(
    author: ChangeAuthor,
    work: (transaction: StoreTransaction, writes: ReleaseWrites) => Promise<T>,
  ): Promise<T> {
    const { transact, book, written } = this.#parts
    return this.#queue.run(async () => {
      const done: Written[] = []
      const result = await transact(author, async (transaction) => {
        done.length = 0
        const keep = (one: Written) => {
          done.push(one)
          return one.live
        }
        const nowMs = author.at.getTime()
        return work(transaction, {
          append: async (live, events) =>
            keep(await this.#append(transaction, live, { events, nowMs })),
          create: async (stored, created) => keep(await create(transaction, stored, created)),
        })
      })
      for (const each of done) {
        book.set(each.live)
        written(each)
      }
      return result
    })
  }

  async #append(
    transaction: StoreTransaction,
    live: LiveRelease,
    { events, nowMs }: { readonly events: readonly NewReleaseEvent[]; readonly nowMs: number },
  ): Promise<Written> {
    const { world, draws } = this.#parts
    const { release, state, stored } = live
    const outcome = outcomeOf(foldNewEvents(release, state, events).phase)
    const effect = effectOf(release, state, events, surroundingsOf(world, live, nowMs))
    await writeEffect(transaction, effect, { serviceId: stored.serviceId, nowMs, draws })
    const added = await transaction.releases.append(stored.id, {
      lastSequence: state.sequence,
      events,
      outcome,
    })
    return { live: withEvents(live, added, outcome), added }
  }
}

async function create(
  transaction: StoreTransaction,
  stored: StoredRelease,
  created: NewReleaseEvent,
): Promise<Written> {
  await transaction.releases.insert(stored)
  const added = await transaction.releases.append(stored.id, {
    lastSequence: 0,
    events: [created],
    outcome: null,
  })
  return { live: liveRelease(stored, added), added }
}

/** Where a release in this phase stands for the store. */
export function outcomeOf(phase: Phase): Outcome | null {
  return isEnded(phase) ? (phase as Outcome) : null
}
