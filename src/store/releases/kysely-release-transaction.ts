import type { Kysely } from 'kysely'
import { GatewayError } from '../../model/errors.ts'
import type { Database } from '../database.ts'
import { statementBatches } from '../statement-batches.ts'
import { KyselyReleaseReader } from './kysely-release-reader.ts'
import { getRelease, liveReleaseOf, releaseNamed } from './release-queries.ts'
import { toEventRow, toFreezeRow, toReleaseRow } from './release-rows.ts'
import type {
  GatewayFreeze,
  GatewayLift,
  GatewayStop,
  ReleaseTransaction,
  StoredRelease,
  StoredReleaseEvent,
} from './release-store.ts'

export interface ReleaseTransactionParts {
  /** Bound to the open transaction. */
  readonly db: Kysely<Database>
  /** Of the call that writes. */
  readonly requestId: string
  /** Runs each step; after one that fails the transaction can only end. */
  readonly attempt: <T>(operation: () => Promise<T>) => Promise<T>
}

/** What a transaction does to releases. */
export class KyselyReleaseTransaction extends KyselyReleaseReader implements ReleaseTransaction {
  readonly #parts: ReleaseTransactionParts

  constructor(parts: ReleaseTransactionParts) {
    super((operation) => parts.attempt(() => operation(parts.db)))
    this.#parts = parts
  }

  async insert(release: StoredRelease): Promise<void> {
    await this.run(async (db) => {
      if (release.outcome === null) await requireAlone(db, release)
      await db.insertInto('releases').values(toReleaseRow(release)).execute()
    })
  }

  async append(
    releaseId: string,
    { lastSequence, events, outcome }: Parameters<ReleaseTransaction['append']>[1],
  ): Promise<readonly StoredReleaseEvent[]> {
    return this.run(async (db) => {
      const release = await getRelease(db, releaseId)
      if (release === null) throw new GatewayError('not_found', `there is no release ${releaseId}`)
      await requireLast(db, releaseId, lastSequence)
      if (outcome !== release.outcome) {
        if (outcome === null) await requireAlone(db, release)
        await db.updateTable('releases').set({ outcome }).where('id', '=', releaseId).execute()
      }
      const { requestId } = this.#parts
      const added = events.map((event, index) => {
        return { ...event, sequence: lastSequence + 1 + index, requestId }
      })
      for (const batch of statementBatches(added)) {
        const rows = batch.map((event) =>
          toEventRow(event, { releaseId, sequence: event.sequence, requestId }),
        )
        await db.insertInto('release_events').values(rows).execute()
      }
      return added
    })
  }

  async remove(releaseId: string): Promise<boolean> {
    return this.run(async (db) => {
      const { numDeletedRows } = await db
        .deleteFrom('releases')
        .where('id', '=', releaseId)
        .executeTakeFirstOrThrow()
      return numDeletedRows > 0n
    })
  }

  async setStop({ reason, actor, atMs }: GatewayStop): Promise<void> {
    await this.run(async (db) => {
      await db.deleteFrom('release_stop').execute()
      await db.insertInto('release_stop').values({ one: 1, reason, actor, at: atMs }).execute()
    })
  }

  async liftStop({ reason, actor, atMs }: GatewayLift): Promise<boolean> {
    return this.run(async (db) => {
      const { numDeletedRows } = await db.deleteFrom('release_stop').executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) return false
      await db.deleteFrom('release_stop_lift').execute()
      await db.insertInto('release_stop_lift').values({ one: 1, reason, actor, at: atMs }).execute()
      return true
    })
  }

  async addFreeze(freeze: GatewayFreeze): Promise<void> {
    await this.run((db) => db.insertInto('release_freezes').values(toFreezeRow(freeze)).execute())
  }

  async removeFreeze(id: string): Promise<boolean> {
    return this.run(async (db) => {
      const { numDeletedRows } = await db
        .deleteFrom('release_freezes')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      return numDeletedRows > 0n
    })
  }
}

async function requireAlone(db: Kysely<Database>, release: StoredRelease): Promise<void> {
  const ofService = await liveReleaseOf(db, release.serviceId)
  if (ofService !== null && ofService.id !== release.id) {
    throw new GatewayError(
      'release_conflict',
      `the service of '${release.name}' has a live release, '${ofService.name}'; end that one first, or create with supersede=true`,
      { details: [{ path: ['service'], message: ofService.name }] },
    )
  }
  const named = await releaseNamed(db, release.name)
  if (named === null || named.outcome !== null || named.id === release.id) return
  throw new GatewayError(
    'release_conflict',
    `the name '${release.name}' is that of a live release of another service; choose another one`,
    { details: [{ path: ['name'], message: release.name }] },
  )
}

async function requireLast(
  db: Kysely<Database>,
  releaseId: string,
  lastSequence: number,
): Promise<void> {
  const { last } = await db
    .selectFrom('release_events')
    .select(({ fn }) => fn.max('sequence').as('last'))
    .where('release_id', '=', releaseId)
    .executeTakeFirstOrThrow()
  if (Number(last ?? 0) === lastSequence) return
  throw new GatewayError(
    'release_conflict',
    `something else happened to the release meanwhile (event ${last}); look at it and try again`,
  )
}
