import type { RequestHandler } from 'express'
import type { AdminDependencies } from '../dependencies.ts'
import { pageBody, readOffset, readSize } from '../paging.ts'
import { sendJson } from '../reply.ts'
import { pathOf, pathParameter, queryOf } from '../request-target.ts'

/** Kind, id and tag of the last row of a page, as the store gives them. */
const POSITION = /^[a-z_]{1,64}\/[0-9a-f-]{36}\/[^/]+$/

/** GET /tags and /tags/{tag}: which entities carry which tags. */
export function tagsHandler({ store }: Pick<AdminDependencies, 'store'>): RequestHandler {
  return async (request, response) => {
    const query = queryOf(request)
    const page = await store.tags({
      size: readSize(query),
      after: readOffset(query, POSITION),
      tag: pathParameter(request, 'tag') || null,
    })
    const rows = page.rows.map(({ kind, entityId, tag }) => {
      return { entity_name: kind, entity_id: entityId, tag }
    })
    const link = { path: pathOf(request), query, keep: ['size'] }
    sendJson(response, 200, pageBody({ rows, next: page.next }, link))
  }
}
