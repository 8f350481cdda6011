import { type ErrorRequestHandler, type RequestHandler, Router } from 'express'
import { GatewayError } from '../../model/errors.ts'
import { handleErrors } from '../handle-errors.ts'
import { sendText } from '../reply.ts'
import { servePath } from '../serve-path.ts'
import { APISIX_DIALECT } from './answer/apisix-dialect.ts'
import type { ApisixDependencies } from './apisix-dependencies.ts'
import { collectionHandlers } from './collection-handlers.ts'
import { itemHandlers } from './item-handlers.ts'
import { patchHandler } from './patch/patch-handler.ts'
import { ROUTE_RESOURCE } from './routes/route-resource.ts'
import { SERVICE_RESOURCE } from './services/service-resource.ts'
import type { ApisixResource } from './shared/apisix-resource.ts'
import { UPSTREAM_RESOURCE } from './upstreams/upstream-resource.ts'

/** Where APISIX's Admin API is. */
export const APISIX_PREFIX = '/apisix/admin'

const EMPTY = { text: '', contentType: 'application/json; charset=utf-8' }

const RESOURCES: readonly ApisixResource[] = [ROUTE_RESOURCE, SERVICE_RESOURCE, UPSTREAM_RESOURCE]

/** The Admin API in APISIX's dialect (reference apisix.md, c). Unknown query arguments are accepted and ignored. */
export function apisixRouter(dependencies: ApisixDependencies): Router {
  const router = Router({ caseSensitive: true })
  router.use(APISIX_PREFIX, sayVersion)
  servePath(router, APISIX_PREFIX, { GET: (_request, response) => sendText(response, 200, EMPTY) })
  router.use(APISIX_PREFIX, notOffered('the Admin API'))
  for (const resource of RESOURCES) serveResource(router, dependencies, resource)
  router.use(`${APISIX_PREFIX}/:segment`, unknownSegment)
  router.use('/apisix', handleErrors(APISIX_DIALECT, dependencies.log))
  return router
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
