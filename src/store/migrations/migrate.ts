import { type Kysely, sql } from 'kysely'
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration'
import { GatewayError } from '../../model/errors.ts'
import { DOCUMENTS_MIGRATION } from './0001-documents.ts'
import { NODE_MIGRATION } from './0002-node.ts'
import { REFERENCE_LISTS_MIGRATION } from './0003-reference-lists.ts'
import { GROUP_SCOPE_MIGRATION } from './0004-group-scope.ts'
import { RELEASES_MIGRATION } from './0005-releases.ts'
import { LIFTED_STOP_MIGRATION } from './0006-lifted-stop.ts'

/** Every migration by name, in the order of the names. A published one is never changed. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-documents': DOCUMENTS_MIGRATION,
  '0002-node': NODE_MIGRATION,
  '0003-reference-lists': REFERENCE_LISTS_MIGRATION,
  '0004-group-scope': GROUP_SCOPE_MIGRATION,
  '0005-releases': RELEASES_MIGRATION,
  '0006-lifted-stop': LIFTED_STOP_MIGRATION,
}

/**
 * Brings the schema to the newest form. `location` names the database in messages.
 * Throws `cannot_open_database` when a newer version of the gateway wrote the database,
 * and the database's own error when a migration fails.
 */
export async function migrateToLatest<T>(db: Kysely<T>, location: string): Promise<void> {
  const unknown = (await appliedMigrations(db)).filter((name) => !(name in MIGRATIONS))
  if (unknown.length > 0) {
    throw new GatewayError(
      'cannot_open_database',
      `the database ${location} was written by a newer version of the gateway (schema ${unknown.at(-1)}, this version knows ${Object.keys(MIGRATIONS).at(-1)}); start that version, or restore a backup made before the upgrade`,
    )
  }
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

async function appliedMigrations<T>(db: Kysely<T>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === DEFAULT_MIGRATION_TABLE)) return []
  const applied = await sql<{
    name: string
  }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name`.execute(db)
  return applied.rows.map((row) => row.name)
}
