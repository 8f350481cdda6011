import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Who lifted the last stop of the gateway, and why. At most one row: `one` is always 1. */
export const LIFTED_STOP_MIGRATION: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('release_stop_lift')
      .addColumn('one', 'integer', (column) => column.primaryKey())
      .addColumn('reason', 'text')
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
  },
}
