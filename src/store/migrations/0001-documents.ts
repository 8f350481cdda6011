import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The document store: entities as JSON, and beside them what must be unique, resolvable and findable. */
export const DOCUMENTS_MIGRATION: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createConfigVersion(db)
    await createEntities(db)
    await createEntityUnique(db)
    await createEntityRefs(db)
    await createEntityTags(db)
    await createAuditLog(db)
  },
}

async function createConfigVersion(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('config_version')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('entity_sequence', 'bigint', (column) => column.notNull())
    .addColumn('audit_sequence', 'bigint', (column) => column.notNull())
    .execute()
  await (db as Kysely<{ config_version: Record<string, number> }>)
    .insertInto('config_version')
    .values({ id: 1, version: 0, entity_sequence: 0, audit_sequence: 0 })
    .execute()
}

async function createEntities(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('entities')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('internals', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('entities_primary_key', ['kind', 'id'])
    .execute()
  await db.schema
    .createIndex('entities_in_order')
    .on('entities')
    .columns(['kind', 'sequence'])
    .unique()
    .execute()
}

async function createEntityUnique(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('entity_unique')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('fields', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('entity_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('entity_unique_primary_key', ['kind', 'fields', 'value'])
    .addForeignKeyConstraint(
      'entity_unique_entity',
      ['kind', 'entity_id'],
      'entities',
      ['kind', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute()
  await db.schema
    .createIndex('entity_unique_by_entity')
    .on('entity_unique')
    .columns(['kind', 'entity_id'])
    .execute()
}

async function createEntityRefs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('entity_refs')
    .addColumn('from_kind', 'text', (column) => column.notNull())
    .addColumn('from_id', 'text', (column) => column.notNull())
    .addColumn('field', 'text', (column) => column.notNull())
    .addColumn('to_kind', 'text', (column) => column.notNull())
    .addColumn('to_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('entity_refs_primary_key', ['from_kind', 'from_id', 'field'])
    .addForeignKeyConstraint(
      'entity_refs_from',
      ['from_kind', 'from_id'],
      'entities',
      ['kind', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    // No action on deletion: whether a reference refuses or cascades is the definition's to say.
    .addForeignKeyConstraint('entity_refs_to', ['to_kind', 'to_id'], 'entities', ['kind', 'id'])
    .execute()
  await db.schema
    .createIndex('entity_refs_by_parent')
    .on('entity_refs')
    .columns(['to_kind', 'to_id', 'from_kind', 'field'])
    .execute()
}

async function createEntityTags(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('entity_tags')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('entity_id', 'text', (column) => column.notNull())
    .addColumn('tag', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('entity_tags_primary_key', ['kind', 'entity_id', 'tag'])
    .addForeignKeyConstraint(
      'entity_tags_entity',
      ['kind', 'entity_id'],
      'entities',
      ['kind', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute()
  await db.schema
    .createIndex('entity_tags_by_tag')
    .on('entity_tags')
    .columns(['tag', 'kind'])
    .execute()
}

async function createAuditLog(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit_log')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('entity_id', 'text', (column) => column.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .execute()
  await db.schema
    .createIndex('audit_log_by_entity')
    .on('audit_log')
    .columns(['kind', 'entity_id', 'sequence'])
    .execute()
  await db.schema
    .createIndex('audit_log_by_actor')
    .on('audit_log')
    .columns(['actor', 'sequence'])
    .execute()
}
