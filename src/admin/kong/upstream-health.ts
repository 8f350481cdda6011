import type { RequestHandler } from 'express'
import { isUnchecked } from '../../balancing/health/health-rules.ts'
import { parseAuthority } from '../../model/addresses.ts'
import type { Target } from '../../model/target.ts'
import type { AdminDependencies } from '../dependencies.ts'
import { pageBody, readOffset, readSize } from '../paging.ts'
import { sendJson } from '../reply.ts'
import { pathOf, pathParameter, queryOf } from '../request-target.ts'
import { childrenOf } from '../resource/children.ts'
import { findItem, notFound } from '../resource/place.ts'

/** What Kong calls the health of a target or of an address. */
type HealthWord = 'HEALTHY' | 'UNHEALTHY' | 'HEALTHCHECKS_OFF'

type HealthOfTarget = (target: Target) => HealthWord

/**
 * GET /upstreams/{u}/health in Kong's shape: one row per target, newest first, or with `?balancer_health=1`
 * one object for the whole upstream. What this node has found; others may see it differently.
 */
export function upstreamHealthHandler(
  dependencies: Pick<AdminDependencies, 'store' | 'nodeId' | 'peers'>,
): RequestHandler {
  const { store, nodeId, peers } = dependencies
  return async (request, response) => {
    const place = { kind: 'upstreams', parent: null } as const
    const found = await findItem(store, place, pathParameter(request, 'upstream'))
    const upstream = found === null ? null : await store.get('upstreams', found.entity.id)
    if (upstream === null) throw notFound()
    const { id, name } = upstream.entity
    const compiled = peers.upstreamNamed(name)
    const isChecked = compiled !== undefined && !isUnchecked(compiled.health)
    const healthOf: HealthOfTarget = ({ target, weight }) => {
      if (!isChecked || weight === 0) return 'HEALTHCHECKS_OFF'
      return peers.health.of(id, target).unhealthyBy === null ? 'HEALTHY' : 'UNHEALTHY'
    }
    const parent = { field: 'upstream', id }
    const query = queryOf(request)
    if (query.get('balancer_health') === '1') {
      const targets: Target[] = []
      for await (const target of childrenOf(store, 'targets', parent)) targets.push(target)
      const threshold = compiled?.health.threshold ?? 0
      const data = balancerHealth({ id, isChecked, threshold }, targets, healthOf)
      sendJson(response, 200, { data, next: null, node_id: nodeId })
      return
    }
    const order = 'newest-first'
    const position = { size: readSize(query), after: readOffset(query) }
    const page = await store.list('targets', { ...position, tags: null, parent, order })
    const rows = page.rows.map(({ entity }) => ({
      ...entity,
      health: healthOf(entity),
      data: hostData(entity, healthOf),
    }))
    const body = pageBody({ rows, next: page.next }, { path: pathOf(request), query, keep: [] })
    sendJson(response, 200, { ...body, node_id: nodeId })
  }
}

/** Upstream as a whole: it serves as long as more of its weight is available than its threshold says. */
function balancerHealth(
  { id, isChecked, threshold }: { id: string; isChecked: boolean; threshold: number },
  targets: readonly Target[],
  healthOf: HealthOfTarget,
) {
  const weight = sumOfWeights(targets.map((target) => weightsOf(target, healthOf)))
  const isHealthy = weight.available * 100 > (isChecked ? threshold : 0) * weight.total
  return {
    id,
    health: isChecked ? (isHealthy ? 'HEALTHY' : 'UNHEALTHY') : 'HEALTHCHECKS_OFF',
    balancer_health: isHealthy ? 'HEALTHY' : 'UNHEALTHY',
    details: {
      healthy: isHealthy,
      weight,
      hosts: targets.map((target) => hostData(target, healthOf)),
    },
  }
}

/** Names are resolved where requests are forwarded; here only literal addresses are known. */
function hostData(target: Target, healthOf: HealthOfTarget) {
  const authority = parseAuthority(target.target)
  if (authority === null) throw new Error(`stored target '${target.target}' is no host and port`)
  const { type, host, port } = authority
  const { weight } = target
  const isName = type === 'name'
  return {
    host: type === 'ipv6' ? `[${host}]` : host,
    port,
    dns: isName ? 'resolved on use' : 'literal address',
    nodeWeight: weight,
    weight: weightsOf(target, healthOf),
    addresses: isName ? [] : [{ ip: host, port, weight, health: healthOf(target) }],
  }
}

interface Weights {
  readonly total: number
  readonly available: number
  readonly unavailable: number
}

function weightsOf(target: Target, healthOf: HealthOfTarget): Weights {
  const { weight } = target
  const isOut = healthOf(target) === 'UNHEALTHY'
  return { total: weight, available: isOut ? 0 : weight, unavailable: isOut ? weight : 0 }
}

function sumOfWeights(all: readonly Weights[]): Weights {
  const sum = (name: keyof Weights) => all.reduce((total, each) => total + each[name], 0)
  return { total: sum('total'), available: sum('available'), unavailable: sum('unavailable') }
}
