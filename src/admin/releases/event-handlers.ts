import type { RequestHandler } from 'express'
import type { Page } from '../../store/store.ts'
import { pageBody, readOffset, readSize } from '../paging.ts'
import { sendJson } from '../reply.ts'
import { pathOf, pathParameter, queryOf } from '../request-target.ts'
import { eventView } from './event-view.ts'
import type { ReleaseDependencies } from './release-dependencies.ts'

/** GET /releases/{r}/events: who did what and why, oldest first, in pages. */
export function eventsHandler({ controller }: ReleaseDependencies): RequestHandler {
  return async (request, response) => {
    const query = queryOf(request)
    const { events } = await controller.find(pathParameter(request, 'release'))
    const after = Number(readOffset(query) ?? 0)
    const size = readSize(query)
    const rest = events.filter(({ sequence }) => sequence > after)
    const rows = rest.slice(0, size).map(eventView)
    const last = rows.at(-1)?.sequence
    const next = rest.length > size && last !== undefined ? String(last) : null
    sendJson(response, 200, pageOf(request, { rows, next }))
  }
}

/** GET /releases/{r}/deliveries: what was sent to gates and chats, newest first, in pages. */
export function deliveriesHandler({ controller, store }: ReleaseDependencies): RequestHandler {
  return async (request, response) => {
    const query = queryOf(request)
    const { stored } = await controller.find(pathParameter(request, 'release'))
    const page = await store.releases.deliveries(stored.id, {
      size: readSize(query),
      after: readOffset(query),
    })
    sendJson(response, 200, pageOf(request, page))
  }
}

function pageOf<T>(request: Parameters<RequestHandler>[0], page: Page<T>) {
  return pageBody(page, { path: pathOf(request), query: queryOf(request), keep: ['size'] })
}
