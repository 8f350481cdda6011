import { isHostUsable, type PeerView } from '../../balancing/peer-view.ts'
import type { Service } from '../../model/service.ts'
import type { CompiledCanary } from '../../variants/compile-canary.ts'

/**
 * Whether the upstream that the canary's requests go to may get any. A host that is no upstream has no targets to run
 * out of. Only `upstream_fallback` asks.
 */
export function isCanaryUsable(
  peers: PeerView,
  canary: CompiledCanary | null,
  { service, nowMs }: { readonly service: Service; readonly nowMs: number },
): boolean {
  if (canary === null || !canary.isFallbackOn) return true
  return isHostUsable(peers, canary.upstream.host ?? service.host, nowMs)
}
