import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The node that the database belongs to: one row, whose id outlives every restart. */
export const NODE_MIGRATION: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('node')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .execute()
    await (db as Kysely<{ node: { id: string } }>)
      .insertInto('node')
      .values({ id: randomUUID() })
      .execute()
  },
}
