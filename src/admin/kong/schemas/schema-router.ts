import { type RequestHandler, Router } from 'express'
import { ENTITY_KINDS } from '../../../model/entities.ts'
import type { EntityKind } from '../../../model/entity.ts'
import { GatewayError } from '../../../model/errors.ts'
import { isPluginName, type PluginName } from '../../../model/plugins/registry.ts'
import { parseBody } from '../../body/parse-body.ts'
import type { AdminDependencies } from '../../dependencies.ts'
import { exchangeOf } from '../../exchange.ts'
import { sendJson } from '../../reply.ts'
import { pathParameter } from '../../request-target.ts'
import { validateEntity } from '../../resource/validate-entity.ts'
import { servePath } from '../../serve-path.ts'
import {
  entitySchemaDocument,
  pluginConfigDocument,
  pluginSchemaDocument,
} from './schema-documents.ts'

/**
 * The schemas of entities and plugins, and validation against them without storing.
 * Source: Kong Gateway 3.9, information routes of the Admin API.
 */
export function schemaRouter(dependencies: Pick<AdminDependencies, 'store' | 'draws'>): Router {
  const router = Router({ caseSensitive: true })
  servePath(router, '/schemas/:name/validate', { POST: validateHandler(dependencies) })
  servePath(router, '/schemas/plugins/:name', { GET: pluginHandler(pluginSchemaDocument) })
  servePath(router, '/plugins/schema/:name', { GET: pluginHandler(pluginConfigDocument) })
  servePath(router, '/schemas/:name', {
    GET: (request, response) => {
      sendJson(response, 200, entitySchemaDocument(kindNamed(pathParameter(request, 'name'))))
    },
  })
  return router
}

function pluginHandler(documentOf: (name: PluginName) => object): RequestHandler {
  return (request, response) => {
    const name = pathParameter(request, 'name')
    if (!isPluginName(name)) throw new GatewayError('not_found', `No plugin named '${name}'`)
    sendJson(response, 200, documentOf(name))
  }
}

function validateHandler({
  store,
  draws,
}: Pick<AdminDependencies, 'store' | 'draws'>): RequestHandler {
  return async (request, response) => {
    const kind = kindNamed(pathParameter(request, 'name'))
    const { receivedAtMs: nowMs } = exchangeOf(response)
    const place = { kind, parent: null }
    await validateEntity(store, { place, body: await parseBody(request), nowMs, draws })
    sendJson(response, 200, { message: 'schema validation successful' })
  }
}

function kindNamed(name: string): EntityKind {
  const kind = ENTITY_KINDS.find((known) => known === name)
  if (kind === undefined) throw new GatewayError('not_found', `No entity named '${name}'`)
  return kind
}
