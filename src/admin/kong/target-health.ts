import { isUnchecked } from '../../balancing/health/health-rules.ts'
import type { Peer } from '../../balancing/peer.ts'
import { formatAuthority, parseAuthority } from '../../model/addresses.ts'
import { GatewayError } from '../../model/errors.ts'
import type { AdminDependencies } from '../dependencies.ts'
import { sendNothing } from '../reply.ts'
import { pathParameter } from '../request-target.ts'
import { findItem, notFound, resolvePlace } from '../resource/place.ts'
import type { Handlers } from '../serve-path.ts'

const STATES = ['healthy', 'unhealthy'] as const

type State = (typeof STATES)[number]

/** Where the health of a target, or of one of its addresses, is set by hand, and what it is set to. */
export const TARGET_HEALTH_PATHS = STATES.flatMap((state) => [
  { state, path: `/upstreams/:parent/targets/:item/${state}` },
  { state, path: `/upstreams/:parent/targets/:item/:address/${state}` },
])

/**
 * PUT of the health of a target: 204; 400 when the upstream has no health checks; 404 when there is no such target, or
 * it has no such address. Stays until a probe or another word says otherwise, on this node.
 * Source: Kong Gateway 3.9, Target object.
 */
export function targetHealthHandlers(
  { store, peers, now }: Pick<AdminDependencies, 'store' | 'peers' | 'now'>,
  state: State,
): Handlers {
  return {
    PUT: async (request, response) => {
      const parent = {
        kind: 'upstreams',
        field: 'upstream',
        key: pathParameter(request, 'parent'),
      } as const
      const place = await resolvePlace(store, 'targets', parent)
      const found = await findItem(store, place, pathParameter(request, 'item'))
      const stored = found === null ? null : await store.get('targets', found.entity.id)
      const upstream = place.parent === null ? null : await store.get('upstreams', place.parent.id)
      if (stored === null || upstream === null) throw notFound()
      const { id, name } = upstream.entity
      const compiled = peers.upstreamNamed(name)
      if (compiled === undefined || isUnchecked(compiled.health)) {
        throw new GatewayError('no_healthchecker', `no healthchecker found for ${name}`)
      }
      const asked = 'address' in request.params ? pathParameter(request, 'address') : null
      const meant = compiled.allPeers.filter(
        (peer) => peer.targetId === stored.entity.id && (asked === null || isAt(peer, asked)),
      )
      if (meant.length === 0) throw notFound()
      for (const { key } of meant) {
        peers.health.declare(id, key, { isHealthy: state === 'healthy', nowMs: now() })
      }
      sendNothing(response)
    },
  }
}

/** Whether the address of a peer is `ip:port` or `[v6]:port`, in any spelling. */
function isAt({ address, port }: Peer, asked: string): boolean {
  const [own, other] = [parseAuthority(address ?? ''), parseAuthority(asked)]
  if (own === null || other === null || own.type === 'name') return false
  return formatAuthority(own, port) === formatAuthority(other, other.port ?? 0)
}
