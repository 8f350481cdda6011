import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type { EntityKind, StoredEntity } from '../model/entity.ts'
import { GatewayError } from '../model/errors.ts'
import type { Database } from './database.ts'
import { fromEntityRow, uniqueKey } from './entity-rows.ts'
import { byteCount, cutPage } from './pages.ts'
import type { ListQuery, Page } from './store.ts'

/** The entity with this id, or null. */
export async function getEntity<K extends EntityKind>(
  db: Kysely<Database>,
  kind: K,
  id: string,
): Promise<StoredEntity<K> | null> {
  const row = await db
    .selectFrom('entities')
    .select(['kind', 'id', 'body', 'internals'])
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : fromEntityRow<K>(row)
}

/** The entity that has these values in one of its unique sets, or null. See `StoreReader.find`. */
export async function findEntity<K extends EntityKind>(
  db: Kysely<Database>,
  kind: K,
  fields: Readonly<Record<string, string>>,
): Promise<StoredEntity<K> | null> {
  const set = ENTITY_DEFINITIONS[kind].unique.find((candidate) => isSameSet(candidate, fields))
  if (set === undefined) {
    throw new TypeError(`${Object.keys(fields).join(', ')}: not a unique set of '${kind}'`)
  }
  const key = uniqueKey(
    set,
    set.map((field) => fields[field] ?? null),
  )
  const row = await db
    .selectFrom('entity_unique')
    .innerJoin('entities', (join) =>
      join
        .onRef('entities.kind', '=', 'entity_unique.kind')
        .onRef('entities.id', '=', 'entity_unique.entity_id'),
    )
    .select(['entities.kind', 'entities.id', 'body', 'internals'])
    .where('entity_unique.kind', '=', kind)
    .where('entity_unique.fields', '=', key.fields)
    .where('entity_unique.value', '=', key.value)
    .executeTakeFirst()
  return row === undefined ? null : fromEntityRow<K>(row)
}

/**
 * One page in the order of creation. Pages are read by position, so that what is written in between
 * neither repeats nor hides a row that was there. Throws `invalid_offset` for a position it never gave.
 */
export async function listEntities<K extends EntityKind>(
  db: Kysely<Database>,
  kind: K,
  query: ListQuery,
): Promise<Page<StoredEntity<K>>> {
  const isOldestFirst = query.order === 'oldest-first'
  let select = selectByParent(db, kind, query.parent)
  if (query.after !== null) {
    const position = parsePosition(query.after)
    select = select.where('entities.sequence', isOldestFirst ? '>' : '<', position)
  }
  for (const tags of tagGroups(query.tags)) {
    select = select.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('entity_tags')
          .select(sql.lit(1).as('one'))
          .whereRef('entity_tags.kind', '=', 'entities.kind')
          .whereRef('entity_tags.entity_id', '=', 'entities.id')
          .where('entity_tags.tag', 'in', tags),
      ),
    )
  }
  const found = await select
    .select(['entities.sequence', byteCount('body').as('bytes')])
    .orderBy('entities.sequence', isOldestFirst ? 'asc' : 'desc')
    .limit(query.size + 1)
    .execute()
  const { last, next } = cutPage(found, query.size)
  if (last === null) return { rows: [], next }
  const rows = await select
    .select(['entities.kind', 'entities.id', 'body', 'internals'])
    .where('entities.sequence', isOldestFirst ? '<=' : '>=', last)
    .orderBy('entities.sequence', isOldestFirst ? 'asc' : 'desc')
    .limit(query.size)
    .execute()
  return { rows: rows.map((row) => fromEntityRow<K>(row)), next }
}

/** Number of entities of a kind. */
export async function countEntities(db: Kysely<Database>, kind: EntityKind): Promise<number> {
  const { count } = await db
    .selectFrom('entities')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('kind', '=', kind)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Every entity in the order of creation. */
export async function allEntities(db: Kysely<Database>): Promise<StoredEntity[]> {
  const rows = await db
    .selectFrom('entities')
    .select(['kind', 'id', 'body', 'internals'])
    .orderBy('sequence')
    .execute()
  return rows.map((row) => fromEntityRow(row))
}

/** The sequence number a position stands for. Throws `invalid_offset`. */
export function parsePosition(after: string): number {
  const position = Number(after)
  if (Number.isSafeInteger(position) && position >= 0 && String(position) === after) return position
  throw new GatewayError('invalid_offset', `'${after}' is not a valid offset: not a position`)
}

type EntitySelect = SelectQueryBuilder<Database, 'entities', Record<never, never>>

function selectByParent(
  db: Kysely<Database>,
  kind: EntityKind,
  parent: ListQuery['parent'],
): EntitySelect {
  if (parent === null) return db.selectFrom('entities').where('entities.kind', '=', kind)
  const rule = ENTITY_DEFINITIONS[kind].foreignKeys[parent.field]
  if (rule === undefined) throw new TypeError(`${parent.field}: not a foreign key of '${kind}'`)
  // A cross join, because SQLite reads its left side first: the parent's few rows, not the whole kind.
  return db
    .selectFrom('entity_refs')
    .crossJoin('entities')
    .where('entity_refs.to_kind', '=', rule.kind)
    .where('entity_refs.to_id', '=', parent.id)
    .where('entity_refs.from_kind', '=', kind)
    .where('entity_refs.field', '=', parent.field)
    .whereRef('entities.kind', '=', 'entity_refs.from_kind')
    .whereRef('entities.id', '=', 'entity_refs.from_id') as unknown as EntitySelect
}

/** Tags of which an entity must have one, per group. */
function tagGroups(tags: ListQuery['tags']): (readonly string[])[] {
  if (tags === null) return []
  return tags.mode === 'any' ? [tags.values] : tags.values.map((tag) => [tag])
}

function isSameSet(set: readonly string[], fields: Readonly<Record<string, string>>): boolean {
  return (
    set.length === Object.keys(fields).length && set.every((field) => Object.hasOwn(fields, field))
  )
}
