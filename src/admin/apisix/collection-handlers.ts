import { setImmediate } from 'node:timers/promises'
import type { RequestHandler } from 'express'
import type { ApisixId } from '../../model/apisix/apisix-id.ts'
import { exchangeOf } from '../exchange.ts'
import { sendJson, sendText } from '../reply.ts'
import { queryOf } from '../request-target.ts'
import type { Handlers } from '../serve-path.ts'
import { indexed, type Keyed, keyed } from './answer/envelope.ts'
import type { ApisixDependencies } from './apisix-dependencies.ts'
import { acceptedNewBody } from './input/accepted-body.ts'
import { type ApisixPage, readFilter, readPage } from './input/list-query.ts'
import { readConfiguration } from './input/read-json.ts'
import { refuseTtl } from './input/write-query.ts'
import { putHandler } from './item-handlers.ts'
import type { ApisixResource } from './shared/apisix-resource.ts'
import { type ConfigurationView, viewOf } from './shared/configuration-view.ts'
import { answerOf } from './shared/named-entity.ts'

/** GET of all, POST of a new one and PUT of the one that the body names, as far as the resource has them. */
export function collectionHandlers(
  dependencies: ApisixDependencies,
  resource: ApisixResource,
): Handlers {
  const { methods } = resource
  return {
    GET: listHandler(dependencies, resource),
    ...(methods.includes('POST') ? { POST: postHandler(dependencies, resource) } : {}),
    ...(methods.includes('PUT') ? { PUT: putHandler(dependencies, resource) } : {}),
  }
}

/** Between so many, requests get their turn: a list may have all that there is. */
const SLICE = 100

interface FoundItem {
  readonly one: Keyed
  readonly entityId: string
}

function listHandler(
  { snapshot, store }: ApisixDependencies,
  resource: ApisixResource,
): RequestHandler {
  return async (request, response) => {
    const query = queryOf(request)
    const page = readPage(query)
    const found = await matching(resource, viewOf(snapshot()), readFilter(query))
    const shown = page === null ? found : pageOf(found, page)
    const texts: string[] = []
    for (let start = 0; start < shown.length; start += SLICE) {
      const slice = shown.slice(start, start + SLICE)
      const versions = await store.versionsOf(
        resource.kind,
        slice.map(({ entityId }) => entityId),
      )
      for (const { one, entityId } of slice) {
        texts.push(JSON.stringify(indexed(one, versions.get(entityId))))
      }
    }
    const text = `{"total":${found.length},"list":[${texts.join(',')}]}`
    sendText(response, 200, { text, contentType: 'application/json; charset=utf-8' })
  }
}

async function matching(
  resource: ApisixResource,
  view: ConfigurationView,
  isWanted: (value: Keyed['value']) => boolean,
): Promise<readonly FoundItem[]> {
  const found: FoundItem[] = []
  for (const [index, entity] of resource.list(view).entries()) {
    if (index % SLICE === SLICE - 1) await setImmediate()
    const one = keyed(resource, view, entity)
    if (isWanted(one.value)) found.push({ one, entityId: entity.id })
  }
  return found
}

function pageOf<T>(rows: readonly T[], { page, pageSize }: ApisixPage): readonly T[] {
  return rows.slice((page - 1) * pageSize, page * pageSize)
}

function postHandler(
  { snapshot, transact, draws, sealBody }: ApisixDependencies,
  resource: ApisixResource,
): RequestHandler {
  return async (request, response) => {
    refuseTtl(queryOf(request))
    const given = acceptedNewBody(resource, await readConfiguration(request))
    const body = await resource.prepare(given, sealBody)
    const { author, receivedAtMs: nowMs } = exchangeOf(response)
    const entityId = await transact(author, async (transaction) => {
      const view = viewOf(snapshot())
      const id = freeId(resource, view)
      const write = { transaction, view, nowMs, draws }
      return resource.write(write, id, { ...body, [resource.idField]: id })
    })
    sendJson(response, 201, answerOf(resource, viewOf(snapshot()), entityId))
  }
}

const ID_DIGITS = 20

/** The version of the configuration that comes, which nothing else was made in; the next one that nobody has taken. */
function freeId(resource: ApisixResource, view: ConfigurationView): ApisixId {
  let number = view.snapshot.version + 1
  let id = String(number).padStart(ID_DIGITS, '0')
  while (resource.find(view, id) !== undefined) id = String(++number).padStart(ID_DIGITS, '0')
  return id
}
