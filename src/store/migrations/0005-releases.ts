import { randomBytes } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Releases, their events and what was sent for them; freezes and the stop of the whole gateway. No foreign key leads to
 * `entities`: a release is still read when its service is gone.
 */
export const RELEASES_MIGRATION: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createReleases(db)
    await createEvents(db)
    await createDeliveries(db)
    await createGatewayRows(db)
  },
}

async function createReleases(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('releases')
    .addColumn('sequence', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('service_id', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('outcome', 'text')
    .addColumn('document', 'text', (column) => column.notNull())
    .execute()
  for (const [index, column] of [
    ['releases_live_name', 'name'],
    ['releases_live_service', 'service_id'],
  ] as const) {
    await db.schema
      .createIndex(index)
      .on('releases')
      .column(column)
      .unique()
      .where(sql.ref('outcome'), 'is', null)
      .execute()
  }
  await db.schema
    .createIndex('releases_by_name')
    .on('releases')
    .columns(['name', 'sequence'])
    .execute()
  await db.schema
    .createIndex('releases_by_service')
    .on('releases')
    .columns(['service_id', 'sequence'])
    .execute()
}

async function createEvents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('release_events')
    .addColumn('release_id', 'text', (column) => column.notNull())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('link_id', 'text')
    .addColumn('happening', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('release_events_primary_key', ['release_id', 'sequence'])
    .addForeignKeyConstraint(
      'release_events_release',
      ['release_id'],
      'releases',
      ['id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute()
}

async function createDeliveries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('release_deliveries')
    .addColumn('sequence', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('release_id', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addForeignKeyConstraint(
      'release_deliveries_release',
      ['release_id'],
      'releases',
      ['id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute()
  await db.schema
    .createIndex('release_deliveries_by_release')
    .on('release_deliveries')
    .columns(['release_id', 'sequence'])
    .execute()
}

async function createGatewayRows(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('release_freezes')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('from', 'text', (column) => column.notNull())
    .addColumn('until', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  // At most one row: `one` is always 1.
  await db.schema
    .createTable('release_stop')
    .addColumn('one', 'integer', (column) => column.primaryKey())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('release_link_key')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .execute()
  await (db as Kysely<{ release_link_key: { key: string } }>)
    .insertInto('release_link_key')
    .values({ key: randomBytes(32).toString('base64url') })
    .execute()
}
