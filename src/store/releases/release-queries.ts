import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { momentMs } from '../../releases/document/moment-text.ts'
import type { Database } from '../database.ts'
import { parsePosition } from '../entity-queries.ts'
import { byteCount, cutPage } from '../pages.ts'
import { parseStored } from '../parse-stored.ts'
import type { Page } from '../store.ts'
import {
  fromEventRow,
  fromFreezeRow,
  fromLiftRow,
  fromReleaseRow,
  fromStopRow,
} from './release-rows.ts'
import type {
  DeliveryRecord,
  GatewayFreeze,
  GatewayLift,
  GatewayStop,
  ReleasePartQuery,
  ReleaseQuery,
  StoredRelease,
  StoredReleaseEvent,
} from './release-store.ts'

const RELEASE_COLUMNS = ['id', 'name', 'service_id', 'created_at', 'outcome', 'document'] as const

export async function getRelease(db: Kysely<Database>, id: string): Promise<StoredRelease | null> {
  return firstRelease(db.selectFrom('releases').where('id', '=', id))
}

/** The live release of this name, else the newest. */
export async function releaseNamed(
  db: Kysely<Database>,
  name: string,
): Promise<StoredRelease | null> {
  return firstRelease(
    db
      .selectFrom('releases')
      .where('name', '=', name)
      .orderBy(sql`case when outcome is null then 0 else 1 end`)
      .orderBy('sequence', 'desc'),
  )
}

export async function liveReleaseOf(
  db: Kysely<Database>,
  serviceId: string,
): Promise<StoredRelease | null> {
  return firstRelease(
    db.selectFrom('releases').where('service_id', '=', serviceId).where('outcome', 'is', null),
  )
}

/** One page, newest first. Throws `invalid_offset`. */
export async function listReleases(
  db: Kysely<Database>,
  query: ReleaseQuery,
): Promise<Page<StoredRelease>> {
  let select = db.selectFrom('releases')
  if (query.serviceId !== null) select = select.where('service_id', '=', query.serviceId)
  if (query.standing === 'live') select = select.where('outcome', 'is', null)
  else if (query.standing !== null) select = select.where('outcome', '=', query.standing)
  if (query.after !== null) select = select.where('sequence', '<', parsePosition(query.after))
  const ordered = select.orderBy('sequence', 'desc')
  const found = await ordered
    .select(['sequence', byteCount('document').as('bytes')])
    .limit(query.size + 1)
    .execute()
  const { last, next } = cutPage(found, query.size)
  if (last === null) return { rows: [], next }
  const rows = await ordered.select(RELEASE_COLUMNS).where('sequence', '>=', last).execute()
  return { rows: rows.map(fromReleaseRow), next }
}

/** All of a release, in their order. */
export async function eventsOf(
  db: Kysely<Database>,
  releaseId: string,
): Promise<readonly StoredReleaseEvent[]> {
  const rows = await db
    .selectFrom('release_events')
    .selectAll()
    .where('release_id', '=', releaseId)
    .orderBy('sequence')
    .execute()
  return rows.map(fromEventRow)
}

/** One page of what was sent, newest first. Throws `invalid_offset`. */
export async function deliveriesOf(
  db: Kysely<Database>,
  releaseId: string,
  query: ReleasePartQuery,
): Promise<Page<DeliveryRecord>> {
  let select = db.selectFrom('release_deliveries').where('release_id', '=', releaseId)
  if (query.after !== null) select = select.where('sequence', '<', parsePosition(query.after))
  const found = await select
    .select(['sequence', 'body', byteCount('body').as('bytes')])
    .orderBy('sequence', 'desc')
    .limit(query.size + 1)
    .execute()
  const { last, next } = cutPage(found, query.size)
  const rows = last === null ? [] : found.filter(({ sequence }) => sequence >= last)
  return {
    rows: rows.map(({ sequence, body }) =>
      parseStored<DeliveryRecord>(body, `delivery ${sequence}`),
    ),
    next,
  }
}

/** The stop of the gateway, or null. */
export async function readStop(db: Kysely<Database>): Promise<GatewayStop | null> {
  const row = await db.selectFrom('release_stop').selectAll().executeTakeFirst()
  return row === undefined ? null : fromStopRow(row)
}

/** How the last stop that was lifted ended, or null. */
export async function readLastLift(db: Kysely<Database>): Promise<GatewayLift | null> {
  const row = await db.selectFrom('release_stop_lift').selectAll().executeTakeFirst()
  return row === undefined ? null : fromLiftRow(row)
}

/** The freezes of the gateway in the order in which they begin. */
export async function readFreezes(db: Kysely<Database>): Promise<readonly GatewayFreeze[]> {
  const rows = await db.selectFrom('release_freezes').selectAll().execute()
  return rows.map(fromFreezeRow).toSorted((a, b) => momentMs(a.from) - momentMs(b.from))
}

type ReleaseSelect = SelectQueryBuilder<Database, 'releases', Record<never, never>>

async function firstRelease(select: ReleaseSelect): Promise<StoredRelease | null> {
  const row = await select.select(RELEASE_COLUMNS).limit(1).executeTakeFirst()
  return row === undefined ? null : fromReleaseRow(row)
}
