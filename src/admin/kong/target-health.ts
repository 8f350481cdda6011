import { GatewayError } from '../../model/errors.ts'
import type { StoreReader } from '../../store/store.ts'
import { pathParameter } from '../request-target.ts'
import { findItem, notFound, resolvePlace } from '../resource/place.ts'
import type { Handlers } from '../serve-path.ts'

/** Where the health of a target, or of one of its addresses, is set by hand. */
export const TARGET_HEALTH_PATHS = ['healthy', 'unhealthy'].flatMap((state) => [
  `/upstreams/:parent/targets/:item/${state}`,
  `/upstreams/:parent/targets/:item/:address/${state}`,
])

/**
 * PUT of the health of a target. Health is not checked in this version, and what is not checked cannot be set: 400 as
 * of a Kong whose upstream has no health checks; 404 when there is no such target.
 * Source: Kong Gateway 3.9, Target object.
 */
export function targetHealthHandlers({ store }: { readonly store: StoreReader }): Handlers {
  return {
    PUT: async (request) => {
      const parent = {
        kind: 'upstreams',
        field: 'upstream',
        key: pathParameter(request, 'parent'),
      } as const
      const place = await resolvePlace(store, 'targets', parent)
      const target = await findItem(store, place, pathParameter(request, 'item'))
      const upstream = place.parent === null ? null : await store.get('upstreams', place.parent.id)
      if (target === null || upstream === null) throw notFound()
      const message = `no healthchecker found for ${upstream.entity.name}`
      throw new GatewayError('no_healthchecker', message)
    },
  }
}
