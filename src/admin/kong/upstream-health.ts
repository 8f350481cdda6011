import type { RequestHandler } from 'express'
import { isUnchecked } from '../../balancing/health/health-rules.ts'
import { childrenOf } from '../../configuration/children.ts'
import type { AdminDependencies } from '../dependencies.ts'
import { pageBody, readOffset, readSize } from '../paging.ts'
import { sendJson } from '../reply.ts'
import { pathOf, pathParameter, queryOf } from '../request-target.ts'
import { findItem, notFound } from '../resource/place.ts'
import { type HealthOfTarget, sumOfWeights, targetHealthReader } from './target-report.ts'

/**
 * GET /upstreams/{u}/health in Kong's shape: one row per target, newest first, or with `?balancer_health=1`
 * one object for the whole upstream. What this node has found; others may see it differently.
 */
export function upstreamHealthHandler({
  store,
  nodeId,
  peers,
}: Pick<AdminDependencies, 'store' | 'nodeId' | 'peers'>): RequestHandler {
  return async (request, response) => {
    const place = { kind: 'upstreams', parent: null } as const
    const found = await findItem(store, place, pathParameter(request, 'upstream'))
    const upstream = found === null ? null : await store.get('upstreams', found.entity.id)
    if (upstream === null) throw notFound()
    const { id, name } = upstream.entity
    const compiled = peers.upstreamNamed(name)
    const healthOf = targetHealthReader(compiled, peers.health)
    const parent = { field: 'upstream', id }
    const query = queryOf(request)
    if (query.get('balancer_health') === '1') {
      const targets: HealthOfTarget[] = []
      for await (const target of childrenOf(store, 'targets', parent))
        targets.push(healthOf(target))
      const isChecked = compiled !== undefined && !isUnchecked(compiled.health)
      const threshold = isChecked ? compiled.health.threshold : 0
      const data = balancerHealth({ id, isChecked, threshold }, targets)
      sendJson(response, 200, { data, next: null, node_id: nodeId })
      return
    }
    const order = 'newest-first'
    const position = { size: readSize(query), after: readOffset(query) }
    const page = await store.list('targets', { ...position, tags: null, parent, order })
    const rows = page.rows.map(({ entity }) => ({ ...entity, ...healthOf(entity) }))
    const body = pageBody({ rows, next: page.next }, { path: pathOf(request), query, keep: [] })
    sendJson(response, 200, { ...body, node_id: nodeId })
  }
}

/** Upstream as a whole: it serves as long as more of its weight is available than its threshold says. */
function balancerHealth(
  { id, isChecked, threshold }: { id: string; isChecked: boolean; threshold: number },
  targets: readonly HealthOfTarget[],
) {
  const weight = sumOfWeights(targets.map(({ data }) => data.weight))
  const isHealthy = weight.available * 100 > threshold * weight.total
  return {
    id,
    health: isChecked ? (isHealthy ? 'HEALTHY' : 'UNHEALTHY') : 'HEALTHCHECKS_OFF',
    balancer_health: isHealthy ? 'HEALTHY' : 'UNHEALTHY',
    details: { healthy: isHealthy, weight, hosts: targets.map(({ data }) => data) },
  }
}
