import type { Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { KyselyReleaseReader } from './kysely-release-reader.ts'
import { deliveriesOf, getRelease } from './release-queries.ts'
import {
  type DeliveryRecord,
  MAX_DELIVERIES,
  type ReleasePartQuery,
  type ReleaseStore,
} from './release-store.ts'

export interface ReleaseStoreParts {
  readonly db: Kysely<Database>
  /** Runs what the outside asks for while the store is open. */
  readonly query: <T>(operation: () => Promise<T>) => Promise<T>
  /** Runs a write behind all writes before it. */
  readonly inLine: <T>(operation: (db: Kysely<Database>) => Promise<T>) => Promise<T>
}

/** Releases as the store shows them outside of a transaction. */
export class KyselyReleaseStore extends KyselyReleaseReader implements ReleaseStore {
  readonly #parts: ReleaseStoreParts

  constructor(parts: ReleaseStoreParts) {
    super((operation) => parts.query(() => operation(parts.db)))
    this.#parts = parts
  }

  async deliveries(releaseId: string, query: ReleasePartQuery) {
    return this.run((db) => deliveriesOf(db, releaseId, query))
  }

  async recordDeliveries(releaseId: string, deliveries: readonly DeliveryRecord[]): Promise<void> {
    if (deliveries.length === 0) return
    await this.#parts.inLine(async (db) => {
      if ((await getRelease(db, releaseId)) === null) return
      for (const delivery of deliveries.slice(-MAX_DELIVERIES)) {
        await db
          .insertInto('release_deliveries')
          .values({ release_id: releaseId, body: JSON.stringify(delivery) })
          .execute()
      }
      const oldestKept = await db
        .selectFrom('release_deliveries')
        .select('sequence')
        .where('release_id', '=', releaseId)
        .orderBy('sequence', 'desc')
        .offset(MAX_DELIVERIES - 1)
        .limit(1)
        .executeTakeFirst()
      if (oldestKept === undefined) return
      await db
        .deleteFrom('release_deliveries')
        .where('release_id', '=', releaseId)
        .where('sequence', '<', oldestKept.sequence)
        .execute()
    })
  }

  async linkKey(): Promise<string> {
    const { key } = await this.run((db) =>
      db.selectFrom('release_link_key').select('key').executeTakeFirstOrThrow(),
    )
    return key
  }
}
