import type { RequestHandler } from 'express'
import { GatewayError } from '../../../model/errors.ts'
import { sendJson } from '../../reply.ts'
import { pathParameter, queryOf } from '../../request-target.ts'
import { AUTH_PLUGIN_NAMES } from '../consumers/auth-plugins.ts'
import { NAMES_BY_PRIORITY } from '../plugins/plugin-names.ts'
import type { ApisixResource } from '../shared/apisix-resource.ts'
import { jsonSchemaOf, pluginJsonSchema } from './json-schemas.ts'

/** GET plugins/list: names of the plugins that may be written; those that only consumers may have come first. */
export const pluginListHandler: RequestHandler = (_request, response) => {
  sendJson(response, 200, [...new Set([...AUTH_PLUGIN_NAMES, ...NAMES_BY_PRIORITY])])
}

/** GET plugins/{name} and schema/plugins/{name}, with `schema_type=consumer` that of a consumer. */
export const pluginSchemaHandler: RequestHandler = (request, response) => {
  const isOfConsumer = queryOf(request).get('schema_type') === 'consumer'
  const schema = pluginJsonSchema(pathParameter(request, 'name'), isOfConsumer)
  if (schema === null) throw noSchema("plugin doesn't exist in subsystem http")
  sendJson(response, 200, schema)
}

/** GET schema/{resource}, by the name of one or of all: `route` and `routes`. */
export function resourceSchemaHandler(resources: readonly ApisixResource[]): RequestHandler {
  return (request, response) => {
    const name = pathParameter(request, 'name')
    const found = resources.find(({ segment }) => segment === name || segment === `${name}s`)
    if (found === undefined) throw noSchema(`Unsupported resource type: ${name}`)
    sendJson(response, 200, jsonSchemaOf(found.schema))
  }
}

function noSchema(message: string): GatewayError {
  return new GatewayError('unsupported_resource_type', message)
}
