import type { Kysely } from 'kysely'
import type { EntityKind } from '../model/entity.ts'
import { GatewayError } from '../model/errors.ts'
import type { Database, EntityTagsTable } from './database.ts'
import { countFitting } from './pages.ts'
import type { Page, TagQuery, TagRow } from './store.ts'

/**
 * One page of the tags of all entities, or of the entities with one tag. A position names the last row of a page, so
 * that what is written in between neither repeats nor hides a row that was there. Throws `invalid_offset`.
 */
export async function listTags(db: Kysely<Database>, query: TagQuery): Promise<Page<TagRow>> {
  let select = db.selectFrom('entity_tags').selectAll()
  if (query.tag !== null) select = select.where('tag', '=', query.tag)
  if (query.after !== null) {
    const { kind, entity_id, tag } = parseTagPosition(query.after)
    select = select.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('kind', 'entity_id', 'tag'), '>', tuple(kind, entity_id, tag)),
    )
  }
  const rows = await select
    .orderBy('kind')
    .orderBy('entity_id')
    .orderBy('tag')
    .limit(query.size + 1)
    .execute()
  const sizes = rows.map(({ tag }) => ({ bytes: Buffer.byteLength(tag) }))
  const inPage = rows.slice(0, Math.min(query.size, countFitting(sizes)))
  const last = inPage.at(-1)
  const hasMore = rows.length > inPage.length && last !== undefined
  return { rows: inPage.map(toTagRow), next: hasMore ? tagPosition(last) : null }
}

function toTagRow({ kind, entity_id, tag }: EntityTagsTable): TagRow {
  return { kind: kind as EntityKind, entityId: entity_id, tag }
}

/** No tag has a slash in it. */
function tagPosition({ kind, entity_id, tag }: EntityTagsTable): string {
  return `${kind}/${entity_id}/${tag}`
}

function parseTagPosition(after: string): EntityTagsTable {
  const [kind, entityId, tag, ...rest] = after.split('/')
  if (kind === undefined || entityId === undefined || tag === undefined || rest.length > 0) {
    throw new GatewayError('invalid_offset', `'${after}' is not a valid offset: not a position`)
  }
  return { kind, entity_id: entityId, tag }
}
