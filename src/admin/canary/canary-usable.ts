import type { Service } from '../../model/service.ts'
import type { Store } from '../../store/store.ts'
import type { CompiledCanary } from '../../variants/compile-canary.ts'
import { childrenOf } from '../resource/children.ts'

/**
 * Whether the upstream that the canary's requests go to has a target that may be picked, one with weight. A host that
 * is no upstream has no targets to run out of. Only `upstream_fallback` asks.
 */
export async function isCanaryUsable(
  store: Store,
  canary: CompiledCanary | null,
  service: Service,
): Promise<boolean> {
  if (canary === null || !canary.isFallbackOn) return true
  const upstream = await store.find('upstreams', { name: canary.upstream.host ?? service.host })
  if (upstream === null) return true
  const parent = { field: 'upstream', id: upstream.entity.id }
  for await (const { weight } of childrenOf(store, 'targets', parent)) if (weight > 0) return true
  return false
}
