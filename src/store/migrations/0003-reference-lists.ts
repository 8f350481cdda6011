import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** One field may point at several entities: what it points at joins the primary key of `entity_refs`. */
export const REFERENCE_LISTS_MIGRATION: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Not every database can change a primary key, so the table is made anew.
    await db.schema.dropIndex('entity_refs_by_parent').execute()
    await db.schema.alterTable('entity_refs').renameTo('entity_refs_before').execute()
    await createEntityRefs(db)
    await sql`insert into entity_refs (from_kind, from_id, field, to_kind, to_id)
      select from_kind, from_id, field, to_kind, to_id from entity_refs_before`.execute(db)
    await db.schema.dropTable('entity_refs_before').execute()
  },
}

async function createEntityRefs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('entity_refs')
    .addColumn('from_kind', 'text', (column) => column.notNull())
    .addColumn('from_id', 'text', (column) => column.notNull())
    .addColumn('field', 'text', (column) => column.notNull())
    .addColumn('to_kind', 'text', (column) => column.notNull())
    .addColumn('to_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('entity_refs_key', ['from_kind', 'from_id', 'field', 'to_id'])
    .addForeignKeyConstraint(
      'entity_refs_child',
      ['from_kind', 'from_id'],
      'entities',
      ['kind', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    // No action on deletion: whether a reference refuses or cascades is the definition's to say.
    .addForeignKeyConstraint('entity_refs_parent', ['to_kind', 'to_id'], 'entities', ['kind', 'id'])
    .execute()
  await db.schema
    .createIndex('entity_refs_by_parent')
    .on('entity_refs')
    .columns(['to_kind', 'to_id', 'from_kind', 'field'])
    .execute()
}
