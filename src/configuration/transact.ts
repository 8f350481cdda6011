import type { Change } from '../model/entity.ts'
import { SerialQueue } from '../model/serial-queue.ts'
import type { ChangeAuthor, Store, StoreTransaction } from '../store/store.ts'

/** Where a committed change goes, so that this node serves it before the client has its answer. */
export interface ConfigurationSink {
  /** Builds the next snapshot beside the one in use; throws when it does not compile, and then nothing is stored. */
  prepare(changes: readonly Change[], version: number): void | Promise<void>
  /** Serves what was prepared last. Must not fail. */
  activate(): void
}

/** The place of a change in the order of changes. */
export interface Turn {
  /** Others wait for the end of this one. */
  readonly isAwaited: boolean
}

/** Runs `work` in one transaction; what it returns is given when this node serves the change. */
export type Transact = <T>(
  author: ChangeAuthor,
  work: (transaction: StoreTransaction, turn: Turn) => Promise<T>,
) => Promise<T>

/**
 * Joins the store and the serving configuration: a change is compiled before it is committed, and served before it
 * is answered. One at a time up to and including the swap, since a sink holds one prepared snapshot.
 */
export function createTransact(store: Store, configuration: ConfigurationSink): Transact {
  const queue = new SerialQueue()
  const turn: Turn = {
    get isAwaited() {
      return queue.waiting > 0
    },
  }

  return (author, work) =>
    queue.run(async () => {
      const { result, changes } = await store.change(
        author,
        (transaction) => work(transaction, turn),
        (proposed, version) => configuration.prepare(proposed, version),
      )
      if (changes.length > 0) configuration.activate()
      return result
    })
}
