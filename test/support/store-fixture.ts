import { afterEach, beforeEach, expect } from 'vitest'
import type { StoredEntity } from '../../src/model/entity.ts'
import { GatewayError } from '../../src/model/errors.ts'
import type { Committed, Store, StoreTransaction } from '../../src/store/store.ts'
import { AUTHOR } from './store-rows.ts'

export type OpenStore = () => Promise<Store>

/** The store of the running test and short forms of what tests do with it. */
export interface StoreFixture {
  readonly store: Store
  change<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<Committed<T>>
  /** All rows in one transaction. */
  insert(...rows: StoredEntity[]): Promise<Committed<void>>
  remove(row: StoredEntity): Promise<Committed<boolean>>
}

/** Opens an empty store before each test of the suite and closes it afterwards. */
export function useStore(open: OpenStore): StoreFixture {
  let current: Store | null = null

  beforeEach(async () => {
    current = await open()
  })

  afterEach(async () => {
    await current?.close()
    current = null
  })

  return {
    get store() {
      if (current === null) throw new Error('the store is open only during a test')
      return current
    },
    change(work) {
      return this.store.change(AUTHOR, work, () => {})
    },
    insert(...rows) {
      return this.change(async (tx) => {
        for (const row of rows) await tx.insert(row)
      })
    },
    remove(row) {
      return this.change((tx) => tx.remove(row.kind, row.entity.id))
    },
  }
}

/** The GatewayError an attempt fails with. */
export async function refusalOf(attempt: Promise<unknown>): Promise<GatewayError> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(GatewayError)
  return error as GatewayError
}
