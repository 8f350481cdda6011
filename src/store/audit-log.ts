import { type Insertable, type Kysely, sql } from 'kysely'
import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type { Change, EntityKind, EntityTypes, StoredEntity } from '../model/entity.ts'
import { GatewayError } from '../model/errors.ts'
import type { AuditLogTable, Database } from './database.ts'
import { parsePosition } from './entity-queries.ts'
import { fieldsOf } from './entity-rows.ts'
import { byteCount, cutPage } from './pages.ts'
import { statementBatches } from './statement-batches.ts'
import type { AuditQuery, AuditRecord, ChangeAuthor, Page, Versions } from './store.ts'

/** What the audit log holds in place of a secret. */
export const REDACTED = '[redacted]'

/** Adds one row per change, numbered from `firstSequence` on. */
export async function appendAudit(
  db: Kysely<Database>,
  changes: readonly Change[],
  origin: {
    readonly author: ChangeAuthor
    readonly version: number
    readonly firstSequence: number
  },
): Promise<void> {
  const { author, version, firstSequence } = origin
  let sequence = firstSequence
  for (const batch of statementBatches(changes)) {
    const rows = batch.map((change): Insertable<AuditLogTable> => {
      return {
        sequence: sequence++,
        at: author.at.getTime(),
        actor: author.actor,
        request_id: author.requestId,
        version,
        action: actionOf(change),
        kind: change.kind,
        entity_id: change.id,
        before: withoutSecrets(change.before),
        after: withoutSecrets(change.after),
      }
    })
    await db.insertInto('audit_log').values(rows).execute()
  }
}

/** One page of the log, newest first. Throws `invalid_offset`. */
export async function readAudit(
  db: Kysely<Database>,
  query: AuditQuery,
): Promise<Page<AuditRecord>> {
  let select = db.selectFrom('audit_log')
  if (query.entity !== null) {
    select = select.where('kind', '=', query.entity.kind)
    if (query.entity.id !== null) select = select.where('entity_id', '=', query.entity.id)
  }
  if (query.actor !== null) select = select.where('actor', '=', query.actor)
  if (query.after !== null) select = select.where('sequence', '<', parsePosition(query.after))
  const ordered = select.orderBy('sequence', 'desc')
  const found = await ordered
    .select(['sequence', sql<number>`${byteCount('before')} + ${byteCount('after')}`.as('bytes')])
    .limit(query.size + 1)
    .execute()
  const { last, next } = cutPage(found, query.size)
  if (last === null) return { rows: [], next }
  const rows = await ordered.selectAll().where('sequence', '>=', last).execute()
  return { rows: rows.map(toRecord), next }
}

/** An entity that was deleted and made again counts from then on. */
export async function readVersions(
  db: Kysely<Database>,
  kind: EntityKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Versions>> {
  const versions = new Map<string, Versions>()
  for (const batch of statementBatches(ids.map((id) => ({ id })))) {
    const rows = await db
      .selectFrom('audit_log')
      .select((columns) => [
        'entity_id',
        columns.fn.max('version').filterWhere('action', '=', 'create').as('created'),
        columns.fn.max('version').as('modified'),
      ])
      .where('kind', '=', kind)
      .where(
        'entity_id',
        'in',
        batch.map(({ id }) => id),
      )
      .groupBy('entity_id')
      .execute()
    for (const { entity_id, created, modified } of rows) {
      if (created !== null)
        versions.set(entity_id, { created: Number(created), modified: Number(modified) })
    }
  }
  return versions
}

function actionOf(change: Change): AuditRecord['action'] {
  if (change.before === null) return 'create'
  return change.after === null ? 'delete' : 'update'
}

function withoutSecrets(row: StoredEntity | null): string | null {
  if (row === null) return null
  const secretFields = ENTITY_DEFINITIONS[row.kind].secretFields ?? []
  const fields = { ...fieldsOf(row.entity) }
  for (const field of secretFields) {
    if (fields[field] !== null && fields[field] !== undefined) fields[field] = REDACTED
  }
  return JSON.stringify(fields)
}

function toRecord(row: AuditLogTable): AuditRecord {
  return {
    sequence: row.sequence,
    at: new Date(row.at),
    actor: row.actor,
    requestId: row.request_id,
    version: row.version,
    action: row.action as AuditRecord['action'],
    kind: row.kind as EntityKind,
    entityId: row.entity_id,
    before: parseState(row, 'before'),
    after: parseState(row, 'after'),
  }
}

function parseState(
  row: AuditLogTable,
  column: 'before' | 'after',
): EntityTypes[EntityKind] | null {
  const text = row[column]
  if (text === null) return null
  try {
    return JSON.parse(text) as EntityTypes[EntityKind]
  } catch (cause) {
    throw new GatewayError(
      'database_error',
      `audit row ${row.sequence} of '${row.kind}' entity ${row.entity_id} is damaged: '${column}' is no valid JSON`,
      { cause },
    )
  }
}
