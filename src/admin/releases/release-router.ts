import { type RequestHandler, Router } from 'express'
import { GatewayError } from '../../model/errors.ts'
import { VERBS } from '../../releases/engine/verb.ts'
import { handleErrors } from '../handle-errors.ts'
import { type Handlers, servePath } from '../serve-path.ts'
import { deliveriesHandler, eventsHandler } from './event-handlers.ts'
import {
  freezeHandlers,
  freezesHandlers,
  resumeAllHandlers,
  stopHandlers,
} from './gateway-handlers.ts'
import { linkHandlers } from './link-handler.ts'
import { planHandler } from './plan-handler.ts'
import type { ReleaseDependencies } from './release-dependencies.ts'
import { releaseHandlers, releasesHandlers } from './release-handlers.ts'
import { RELEASE_PROBLEM_DIALECT } from './release-problem.ts'
import { verbHandler } from './verb-handler.ts'
import { watchHandler } from './watch-handler.ts'

/** All of /releases (ADR 0010). Words of their own go before names of releases. */
export function releaseRouter(dependencies: ReleaseDependencies): Router {
  const router = Router({ caseSensitive: true })
  const serve = (path: string, handlers: Handlers) =>
    servePath(router, path, dependencies.isDeclarative ? readOnly(handlers) : handlers)
  serve('/releases', releasesHandlers(dependencies))
  // It writes nothing, so that a gateway with a file can plan, too.
  servePath(router, '/releases/plan', { POST: planHandler(dependencies) })
  serve('/releases/stop', stopHandlers(dependencies))
  serve('/releases/resume-all', resumeAllHandlers(dependencies))
  serve('/releases/freezes', freezesHandlers(dependencies))
  serve('/releases/freezes/:freeze', freezeHandlers(dependencies))
  serve('/releases/:release', releaseHandlers(dependencies))
  serve('/releases/:release/events', { GET: eventsHandler(dependencies) })
  serve('/releases/:release/deliveries', { GET: deliveriesHandler(dependencies) })
  serve('/releases/:release/watch', { GET: watchHandler(dependencies) })
  for (const verb of VERBS) {
    serve(`/releases/:release/${verb}`, { POST: verbHandler(dependencies, verb) })
  }
  router.use(handleErrors(RELEASE_PROBLEM_DIALECT, dependencies.log))
  return router
}

/** Links of messages. They stand before the access check: their signature is the permission. */
export function linkRouter(dependencies: ReleaseDependencies): Router {
  const router = Router({ caseSensitive: true })
  servePath(router, '/releases/links/:token', linkHandlers(dependencies))
  router.use(handleErrors(RELEASE_PROBLEM_DIALECT, dependencies.log))
  return router
}

/** What is configured by a file is not changed by releases. */
function readOnly({ GET, ...writes }: Handlers): Handlers {
  const refuse: RequestHandler = () => {
    throw new GatewayError(
      'operation_unsupported',
      'releases change the configuration, and that of this gateway is a file',
    )
  }
  const refused = Object.keys(writes).map((method) => [method, refuse] as const)
  return { ...Object.fromEntries(refused), ...(GET === undefined ? {} : { GET }) }
}
