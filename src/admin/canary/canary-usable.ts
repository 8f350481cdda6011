import type { Store } from '../../store/store.ts'
import type { CompiledCanary } from '../../variants/compile-canary.ts'
import { childrenOf } from '../resource/children.ts'

/** Whether the canary's upstream, if it is one, has a target that may be picked: one with weight. */
export async function isCanaryUsable(store: Store, canary: CompiledCanary): Promise<boolean> {
  const { host } = canary.upstream
  if (host === null || !canary.isFallbackOn) return true
  const upstream = await store.find('upstreams', { name: host })
  if (upstream === null) return true
  const parent = { field: 'upstream', id: upstream.entity.id }
  for await (const { weight } of childrenOf(store, 'targets', parent)) if (weight > 0) return true
  return false
}
