import type { RequestHandler } from 'express'
import { ENTITY_KINDS } from '../../model/entities.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import type { AdminDependencies } from '../dependencies.ts'
import { sendJson } from '../reply.ts'
import { pathOf, pathParameter, queryOf } from '../request-target.ts'
import { invalidOffset, pageBody, readOffset, readSize } from './lists.ts'

interface TagRow {
  readonly entity_name: string
  readonly entity_id: string
  readonly tag: string
}

/** GET /tags and /tags/{tag}: which entities carry which tags. */
export function tagsHandler({ snapshot }: Pick<AdminDependencies, 'snapshot'>): RequestHandler {
  return (request, response) => {
    const query = queryOf(request)
    const size = readSize(query)
    const start = readStart(query)
    const tag = pathParameter(request, 'tag') || null
    const rows: TagRow[] = []
    let position = 0
    let next: string | null = null
    for (const row of tagRows(snapshot(), tag)) {
      if (position === start + size) {
        next = String(position)
        break
      }
      if (position >= start) rows.push(row)
      position++
    }
    const link = { path: pathOf(request), query, keep: ['size'] }
    sendJson(response, 200, pageBody({ rows, next }, link))
  }
}

function* tagRows(snapshot: Snapshot, wanted: string | null): Generator<TagRow> {
  for (const kind of ENTITY_KINDS) {
    for (const { entity } of snapshot.tables[kind].values()) {
      for (const tag of entity.tags ?? []) {
        if (wanted === null || tag === wanted) {
          yield { entity_name: kind, entity_id: entity.id, tag }
        }
      }
    }
  }
}

function readStart(query: URLSearchParams): number {
  const offset = readOffset(query)
  if (offset === null) return 0
  const start = Number(offset)
  if (Number.isSafeInteger(start) && start >= 0 && String(start) === offset) return start
  throw invalidOffset(query.get('offset') ?? '', 'not a position')
}
