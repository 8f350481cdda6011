import express, { type Express, Router } from 'express'
import { accessControl } from './access.ts'
import { APISIX_DIALECT } from './apisix/answer/apisix-dialect.ts'
import { apisixRouter } from './apisix/apisix-router.ts'
import { auditHandler } from './audit.ts'
import { canaryHandler } from './canary/canary-handler.ts'
import { connectionsHandler } from './canary/connections-handler.ts'
import { decisionHandler } from './canary/decision-handler.ts'
import { createFindPlugin } from './canary/find-plugin.ts'
import { cors } from './cors.ts'
import { configHandlers } from './declarative/config-handlers.ts'
import { withoutWrites } from './declarative/without-writes.ts'
import type { AdminDependencies } from './dependencies.ts'
import { exchanges } from './exchange.ts'
import { handleErrors } from './handle-errors.ts'
import { endpointsHandler } from './kong/endpoint-index.ts'
import { entityRouter } from './kong/entity-router.ts'
import { KONG_DIALECT } from './kong/errors.ts'
import { pluginsEnabledHandler } from './kong/plugins-enabled.ts'
import { rootHandler } from './kong/root.ts'
import { schemaRouter } from './kong/schemas/schema-router.ts'
import { statusHandler } from './kong/status.ts'
import { tagsHandler } from './kong/tags.ts'
import { TARGET_HEALTH_PATHS, targetHealthHandlers } from './kong/target-health.ts'
import { upstreamHealthHandler } from './kong/upstream-health.ts'
import { metricsHandler } from './metrics.ts'
import { PROBLEM_DIALECT } from './problem.ts'
import { linkRouter, releaseRouter } from './releases/release-router.ts'
import { notFound } from './resource/place.ts'
import { servePath } from './serve-path.ts'
import { createWriting, type Writing } from './writing.ts'

/**
 * The Admin API as an Express application: one access check in front of everything, then the endpoints of Kong's
 * dialect and our own. A change is served by this node before it is answered.
 */
export function createAdminApp(
  dependencies: AdminDependencies,
  writing: Writing = createWriting(dependencies),
): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.use(exchanges(dependencies))
  const listedOrigins = new Set(dependencies.allowedOrigins)
  app.use(cors(listedOrigins))
  const releases = dependencies.releases
    ? { isDeclarative: false, ...dependencies, ...dependencies.releases }
    : null
  if (releases !== null) app.use(linkRouter(releases))
  app.use(accessControl(dependencies.adminToken, listedOrigins))
  app.use(ownEndpoints(dependencies))
  if (releases !== null) app.use(releaseRouter(releases))
  const entities = {
    ...writing,
    transact: dependencies.isDeclarative ? withoutWrites(writing.transact) : writing.transact,
  }
  app.use(apisixRouter({ ...dependencies, ...entities }))
  app.use(kongEndpoints(dependencies, entities))
  app.use(() => {
    throw notFound()
  })
  app.use('/apisix', handleErrors(APISIX_DIALECT, dependencies.log))
  app.use(handleErrors(KONG_DIALECT, dependencies.log))
  return app
}

/** Endpoints that no other gateway has; their errors are problem details. */
function ownEndpoints(dependencies: AdminDependencies): Router {
  const router = Router({ caseSensitive: true })
  const canary = { ...dependencies, findPlugin: createFindPlugin() }
  servePath(router, '/metrics', { GET: metricsHandler(dependencies) })
  servePath(router, '/audit', { GET: auditHandler(dependencies.store) })
  servePath(router, '/services/:service/connections', { GET: connectionsHandler(dependencies) })
  servePath(router, '/services/:service/canary', { GET: canaryHandler(canary) })
  servePath(router, '/services/:service/canary/decision', { GET: decisionHandler(canary) })
  router.use(handleErrors(PROBLEM_DIALECT, dependencies.log))
  return router
}

function kongEndpoints(
  dependencies: AdminDependencies,
  { transact, sealBody, applyFile }: Writing,
): Router {
  const { store, draws } = dependencies
  const router = Router({ caseSensitive: true })
  servePath(router, '/', { GET: rootHandler(dependencies) })
  servePath(router, '/status', { GET: statusHandler(dependencies) })
  servePath(router, '/endpoints', { GET: endpointsHandler() })
  servePath(router, '/config', configHandlers({ ...dependencies, applyFile }))
  servePath(router, '/plugins/enabled', { GET: pluginsEnabledHandler() })
  servePath(router, '/tags', { GET: tagsHandler(dependencies) })
  servePath(router, '/tags/:tag', { GET: tagsHandler(dependencies) })
  servePath(router, '/upstreams/:upstream/health', { GET: upstreamHealthHandler(dependencies) })
  for (const { path, state } of TARGET_HEALTH_PATHS) {
    servePath(router, path, targetHealthHandlers(dependencies, state))
  }
  router.use(schemaRouter(dependencies))
  router.use(entityRouter({ store, draws, transact, sealBody }))
  return router
}
