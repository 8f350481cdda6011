import type { Kysely } from 'kysely'
import type { Database } from '../database.ts'
import {
  deliveriesOf,
  eventsOf,
  getRelease,
  listReleases,
  liveReleaseOf,
  readFreezes,
  readLastLift,
  readStop,
  releaseNamed,
} from './release-queries.ts'
import {
  type DeliveryRecord,
  MAX_DELIVERIES,
  type ReleasePartQuery,
  type ReleaseQuery,
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
export class KyselyReleaseStore implements ReleaseStore {
  readonly #parts: ReleaseStoreParts

  constructor(parts: ReleaseStoreParts) {
    this.#parts = parts
  }

  async get(id: string) {
    return this.#query((db) => getRelease(db, id))
  }

  async named(name: string) {
    return this.#query((db) => releaseNamed(db, name))
  }

  async liveOfService(serviceId: string) {
    return this.#query((db) => liveReleaseOf(db, serviceId))
  }

  async list(query: ReleaseQuery) {
    return this.#query((db) => listReleases(db, query))
  }

  async events(releaseId: string) {
    return this.#query((db) => eventsOf(db, releaseId))
  }

  async stop() {
    return this.#query(readStop)
  }

  async lastLift() {
    return this.#query(readLastLift)
  }

  async freezes() {
    return this.#query(readFreezes)
  }

  async deliveries(releaseId: string, query: ReleasePartQuery) {
    return this.#query((db) => deliveriesOf(db, releaseId, query))
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
    const { key } = await this.#query((db) =>
      db.selectFrom('release_link_key').select('key').executeTakeFirstOrThrow(),
    )
    return key
  }

  #query<T>(operation: (db: Kysely<Database>) => Promise<T>): Promise<T> {
    return this.#parts.query(() => operation(this.#parts.db))
  }
}
