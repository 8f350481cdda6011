import { Router } from 'express'
import { servePath } from '../serve-path.ts'
import { consumerGroupRouter } from './consumer-groups/consumer-group-router.ts'
import { COLLECTIONS, NESTED, RELATED } from './endpoints.ts'
import {
  collectionHandlers,
  type EntityDependencies,
  itemHandlers,
  listHandler,
} from './entity-handlers.ts'
import { relatedHandlers } from './related-handlers.ts'

/** Every endpoint of every entity: one generic resource, placed as the table of endpoints says. */
export function entityRouter(dependencies: EntityDependencies): Router {
  const router = Router({ caseSensitive: true })
  router.use(consumerGroupRouter(dependencies))
  // Before the nested items, or `all` would be taken for the name of a target.
  const targets = { kind: 'targets', parent: { kind: 'upstreams', field: 'upstream' } } as const
  servePath(router, '/upstreams/:parent/targets/all', { GET: listHandler(dependencies, targets) })

  for (const { kind, segment } of COLLECTIONS) {
    const endpoint = { kind, parent: null }
    servePath(router, `/${segment}`, collectionHandlers(dependencies, endpoint))
    servePath(router, `/${segment}/:item`, itemHandlers(dependencies, endpoint))
  }
  for (const { parent, field, kind, segment } of NESTED) {
    const endpoint = { kind, parent: { kind: parent.kind, field } }
    const path = `/${parent.segment}/:parent/${segment}`
    servePath(router, path, collectionHandlers(dependencies, endpoint))
    servePath(router, `${path}/:item`, itemHandlers(dependencies, endpoint))
  }
  for (const { child, field, kind } of RELATED) {
    const handlers = relatedHandlers(dependencies, { childKind: child.kind, field, kind })
    servePath(router, `/${child.segment}/:child/${field}`, handlers)
  }
  return router
}
