import type { Kysely } from 'kysely'
import type { Database } from '../database.ts'
import {
  eventsOf,
  getRelease,
  listReleases,
  liveReleaseOf,
  readFreezes,
  readLastLift,
  readStop,
  releaseNamed,
} from './release-queries.ts'
import type { ReleaseQuery, ReleaseReader } from './release-store.ts'

/** Runs one operation on the database, as the store or an open transaction does. */
export type RunOperation = <T>(operation: (db: Kysely<Database>) => Promise<T>) => Promise<T>

/** What can be read of releases, inside of a transaction and outside. */
export class KyselyReleaseReader implements ReleaseReader {
  protected readonly run: RunOperation

  constructor(run: RunOperation) {
    this.run = run
  }

  async get(id: string) {
    return this.run((db) => getRelease(db, id))
  }

  async named(name: string) {
    return this.run((db) => releaseNamed(db, name))
  }

  async liveOfService(serviceId: string) {
    return this.run((db) => liveReleaseOf(db, serviceId))
  }

  async list(query: ReleaseQuery) {
    return this.run((db) => listReleases(db, query))
  }

  async events(releaseId: string) {
    return this.run((db) => eventsOf(db, releaseId))
  }

  async stop() {
    return this.run(readStop)
  }

  async lastLift() {
    return this.run(readLastLift)
  }

  async freezes() {
    return this.run(readFreezes)
  }
}
