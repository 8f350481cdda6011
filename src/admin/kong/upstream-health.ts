import type { RequestHandler } from 'express'
import { parseAuthority } from '../../model/addresses.ts'
import type { Target } from '../../model/target.ts'
import type { AdminDependencies } from '../dependencies.ts'
import { pageBody, readOffset, readSize } from '../paging.ts'
import { sendJson } from '../reply.ts'
import { pathOf, pathParameter, queryOf } from '../request-target.ts'
import { childrenOf } from '../resource/children.ts'
import { findItem, notFound } from '../resource/place.ts'

/** Targets are not probed and not judged by their answers, so their health is not known. */
const HEALTH = 'HEALTHCHECKS_OFF'

/**
 * GET /upstreams/{u}/health in Kong's shape: one row per target, newest first, or with `?balancer_health=1`
 * one object for the whole upstream.
 */
export function upstreamHealthHandler(
  dependencies: Pick<AdminDependencies, 'store' | 'nodeId'>,
): RequestHandler {
  const { store, nodeId } = dependencies
  return async (request, response) => {
    const place = { kind: 'upstreams', parent: null } as const
    const upstream = await findItem(store, place, pathParameter(request, 'upstream'))
    if (upstream === null) throw notFound()
    const { id } = upstream.entity
    const parent = { field: 'upstream', id }
    const query = queryOf(request)
    if (query.get('balancer_health') === '1') {
      const targets: Target[] = []
      for await (const target of childrenOf(store, 'targets', parent)) targets.push(target)
      const data = balancerHealth(id, targets)
      sendJson(response, 200, { data, next: null, node_id: nodeId })
      return
    }
    const order = 'newest-first'
    const position = { size: readSize(query), after: readOffset(query) }
    const page = await store.list('targets', { ...position, tags: null, parent, order })
    const rows = page.rows.map(({ entity }) => targetHealth(entity))
    const body = pageBody({ rows, next: page.next }, { path: pathOf(request), query, keep: [] })
    sendJson(response, 200, { ...body, node_id: nodeId })
  }
}

function targetHealth(target: Target) {
  return { ...target, health: HEALTH, data: hostData(target) }
}

/** Upstream as a whole: it serves as long as one target has weight. */
function balancerHealth(id: string, targets: readonly Target[]) {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0)
  const isHealthy = total > 0
  return {
    id,
    health: HEALTH,
    balancer_health: isHealthy ? 'HEALTHY' : 'UNHEALTHY',
    details: { healthy: isHealthy, weight: weights(total), hosts: targets.map(hostData) },
  }
}

/** Names are resolved where requests are forwarded; here only literal addresses are known. */
function hostData({ target, weight }: Target) {
  const authority = parseAuthority(target)
  if (authority === null) throw new Error(`stored target '${target}' is no host and port`)
  const { type, host, port } = authority
  const isName = type === 'name'
  return {
    host: type === 'ipv6' ? `[${host}]` : host,
    port,
    dns: isName ? 'resolved on use' : 'literal address',
    nodeWeight: weight,
    weight: weights(weight),
    addresses: isName ? [] : [{ ip: host, port, weight, health: HEALTH }],
  }
}

function weights(total: number) {
  return { total, available: total, unavailable: 0 }
}
