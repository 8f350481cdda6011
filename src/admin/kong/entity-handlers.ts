import type { Request, RequestHandler } from 'express'
import type { Transact } from '../../configuration/transact.ts'
import type { EntityKind } from '../../model/entity.ts'
import { parseBody } from '../body/parse-body.ts'
import type { AdminDependencies } from '../dependencies.ts'
import { exchangeOf } from '../exchange.ts'
import { pageBody, readOffset, readSize } from '../paging.ts'
import { sendJson, sendNothing } from '../reply.ts'
import { pathOf, pathParameter, queryOf } from '../request-target.ts'
import { findItem, notFound, type ParentKey, resolvePlace } from '../resource/place.ts'
import { withChildNames } from '../resource/read-child-names.ts'
import type { SealBody } from '../resource/seal-body.ts'
import { type WriteStep, writingChildNames } from '../resource/write-child-names.ts'
import { createEntity, patchEntity, putEntity, removeEntity } from '../resource/write-entity.ts'
import type { Handlers } from '../serve-path.ts'
import { endpointRules } from './endpoints.ts'
import { readTags } from './tag-filter.ts'

export type EntityDependencies = Pick<AdminDependencies, 'store' | 'draws'> & {
  readonly transact: Transact
  readonly sealBody: SealBody
}

/** The ways to write an entity of any kind. */
export const WRITE_STEPS = {
  create: writingChildNames(createEntity, 'clear'),
  put: writingChildNames(putEntity, 'clear'),
  patch: writingChildNames(patchEntity, 'keep'),
} as const satisfies Record<string, WriteStep>

/** A collection in the table of endpoints; `parent` reads the parent from the path. */
export interface EntityEndpoint {
  readonly kind: EntityKind
  readonly parent: { readonly kind: EntityKind; readonly field: string } | null
}

/** GET and POST of a collection, whole or of one parent. */
export function collectionHandlers(
  dependencies: EntityDependencies,
  endpoint: EntityEndpoint,
): Handlers {
  return {
    GET: listHandler(dependencies, endpoint),
    POST: writeHandler(dependencies, endpoint, { status: 201, step: WRITE_STEPS.create }),
  }
}

/** GET of a collection: a page, filtered by tags, by the parent in the path or by a search field. */
export function listHandler(
  { store }: EntityDependencies,
  { kind, parent }: EntityEndpoint,
): RequestHandler {
  const { order, searchField } = endpointRules(kind)
  return async (request, response) => {
    const query = queryOf(request)
    const wanted = searchField === null || parent !== null ? null : query.get(searchField)
    if (searchField !== null && wanted !== null) {
      const found = await store.find(kind, { [searchField]: wanted })
      sendJson(response, 200, { data: found === null ? [] : [found.entity], next: null })
      return
    }
    const page = await store.list(kind, {
      size: readSize(query),
      after: readOffset(query),
      tags: readTags(query),
      parent: (await resolvePlace(store, kind, parentKey(request, parent))).parent,
      order,
    })
    const rows: object[] = []
    for (const { entity } of page.rows) rows.push(await withChildNames(store, kind, entity))
    const keep = parent === null ? ['tags', 'size'] : []
    sendJson(
      response,
      200,
      pageBody({ rows, next: page.next }, { path: pathOf(request), query, keep }),
    )
  }
}

/** GET, PUT, PATCH and DELETE of one entity. */
export function itemHandlers(dependencies: EntityDependencies, endpoint: EntityEndpoint): Handlers {
  const { store } = dependencies
  const { canPutCreate } = endpointRules(endpoint.kind)
  const put = canPutCreate ? WRITE_STEPS.put : WRITE_STEPS.patch
  return {
    GET: async (request, response) => {
      const place = await resolvePlace(store, endpoint.kind, parentKey(request, endpoint.parent))
      const found = await findItem(store, place, pathParameter(request, 'item'))
      if (found === null) throw notFound()
      sendJson(response, 200, await withChildNames(store, place.kind, found.entity))
    },
    PUT: writeHandler(dependencies, endpoint, { status: 200, step: put }),
    PATCH: writeHandler(dependencies, endpoint, { status: 200, step: WRITE_STEPS.patch }),
    DELETE: removeHandler(dependencies, endpoint),
  }
}

/** Reads the body, then does the write in one transaction: the parent is looked up inside it. */
function writeHandler(
  { transact, draws, sealBody }: EntityDependencies,
  { kind, parent }: EntityEndpoint,
  { status, step }: { readonly status: number; readonly step: WriteStep },
): RequestHandler {
  return async (request, response) => {
    const { author, receivedAtMs } = exchangeOf(response)
    const body = await sealBody(await parseBody(request), kind)
    const entity = await transact(author, async (transaction) => {
      const place = await resolvePlace(transaction, kind, parentKey(request, parent))
      const write = { place, body, nowMs: receivedAtMs, draws }
      return step(transaction, write, pathParameter(request, 'item'))
    })
    sendJson(response, status, entity)
  }
}

/** 204 also for what did not exist, but 404 below a parent. */
function removeHandler(
  { transact }: EntityDependencies,
  { kind, parent }: EntityEndpoint,
): RequestHandler {
  return async (request, response) => {
    const isRemoved = await transact(exchangeOf(response).author, async (transaction) => {
      const place = await resolvePlace(transaction, kind, parentKey(request, parent))
      return removeEntity(transaction, place, pathParameter(request, 'item'))
    })
    if (!isRemoved && parent !== null) throw notFound()
    sendNothing(response)
  }
}

function parentKey(request: Request, parent: EntityEndpoint['parent']): ParentKey | null {
  return parent === null ? null : { ...parent, key: pathParameter(request, 'parent') }
}
