import { type ErrorRequestHandler, type RequestHandler, Router } from 'express'
import { GatewayError } from '../../model/errors.ts'
import { handleErrors } from '../handle-errors.ts'
import { sendText } from '../reply.ts'
import { servePath } from '../serve-path.ts'
import { APISIX_DIALECT } from './answer/apisix-dialect.ts'
import type { ApisixDependencies } from './apisix-dependencies.ts'
import { collectionHandlers } from './collection-handlers.ts'
import { CONSUMER_GROUP_RESOURCE } from './consumers/consumer-group-resource.ts'
import { CONSUMER_RESOURCE } from './consumers/consumer-resource.ts'
import { credentialHandlers, credentialListHandlers } from './consumers/credential-handlers.ts'
import { itemHandlers } from './item-handlers.ts'
import { patchHandler } from './patch/patch-handler.ts'
import { PLUGIN_CONFIG_RESOURCE } from './plugin-configs/plugin-config-resource.ts'
import { ROUTE_RESOURCE } from './routes/route-resource.ts'
import {
  pluginListHandler,
  pluginSchemaHandler,
  resourceSchemaHandler,
} from './schemas/schema-handlers.ts'
import { validateAllHandler, validateHandler } from './schemas/validate-handlers.ts'
import { SERVICE_RESOURCE } from './services/service-resource.ts'
import type { ApisixResource } from './shared/apisix-resource.ts'
import { UPSTREAM_RESOURCE } from './upstreams/upstream-resource.ts'

/** Where APISIX's Admin API is. */
export const APISIX_PREFIX = '/apisix/admin'

const EMPTY = { text: '', contentType: 'application/json; charset=utf-8' }

const RESOURCES: readonly ApisixResource[] = [
  ROUTE_RESOURCE,
  SERVICE_RESOURCE,
  UPSTREAM_RESOURCE,
  CONSUMER_RESOURCE,
  CONSUMER_GROUP_RESOURCE,
  PLUGIN_CONFIG_RESOURCE,
]

/** The Admin API in APISIX's dialect (reference apisix.md, c). Unknown query arguments are accepted and ignored. */
export function apisixRouter(dependencies: ApisixDependencies): Router {
  const router = Router({ caseSensitive: true })
  router.use(APISIX_PREFIX, sayVersion)
  servePath(router, APISIX_PREFIX, { GET: (_request, response) => sendText(response, 200, EMPTY) })
  router.use(APISIX_PREFIX, notOffered('the Admin API'))
  serveCredentials(router, dependencies)
  serveSchemas(router, dependencies)
  for (const resource of RESOURCES) serveResource(router, dependencies, resource)
  router.use(`${APISIX_PREFIX}/:segment`, unknownSegment)
  router.use('/apisix', handleErrors(APISIX_DIALECT, dependencies.log))
  return router
}

function serveCredentials(router: Router, dependencies: ApisixDependencies): void {
  const path = `${APISIX_PREFIX}/consumers/:consumer/credentials`
  servePath(router, path, credentialListHandlers(dependencies))
  servePath(router, `${path}/:id`, credentialHandlers(dependencies))
}

function serveSchemas(router: Router, dependencies: ApisixDependencies): void {
  const at = (path: string) => `${APISIX_PREFIX}/${path}`
  servePath(router, at('plugins/list'), { GET: pluginListHandler })
  servePath(router, at('plugins/:name'), { GET: pluginSchemaHandler })
  servePath(router, at('schema/plugins/:name'), { GET: pluginSchemaHandler })
  servePath(router, at('schema/:name'), { GET: resourceSchemaHandler(RESOURCES) })
  servePath(router, at('schema/validate/:name'), { POST: validateHandler(dependencies, RESOURCES) })
  servePath(router, at('configs/validate'), { POST: validateAllHandler(dependencies, RESOURCES) })
  for (const word of ['plugins', 'schema', 'configs']) router.use(at(word), notOffered(word))
}

function serveResource(
  router: Router,
  dependencies: ApisixDependencies,
  resource: ApisixResource,
): void {
  const path = `${APISIX_PREFIX}/${resource.segment}`
  servePath(router, path, collectionHandlers(dependencies, resource))
  servePath(router, `${path}/:id`, itemHandlers(dependencies, resource))
  if (resource.methods.includes('PATCH')) {
    servePath(router, `${path}/:id/*path`, { PATCH: patchHandler(dependencies, resource) })
  }
  router.use(path, notOffered(resource.word))
}

const sayVersion: RequestHandler = (_request, response, next) => {
  response.setHeader('X-API-VERSION', 'v3')
  next()
}

/** APISIX's words for a method that a resource does not have. */
function notOffered(word: string): ErrorRequestHandler {
  return (error: unknown, request, _response, next) => {
    const isOurs = error instanceof GatewayError && error.code === 'method_not_allowed'
    next(
      isOurs
        ? new GatewayError(
            'method_not_allowed',
            `not supported \`${request.method}\` method for ${word}`,
          )
        : error,
    )
  }
}

const unknownSegment: RequestHandler = (request) => {
  throw new GatewayError(
    'unsupported_resource_type',
    `Unsupported resource type: ${String(request.params.segment)}`,
  )
}
