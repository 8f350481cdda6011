import type { Service } from '../../model/service.ts'
import type { CompiledCanary } from '../../variants/compile-canary.ts'
import type { PeerView } from '../dependencies.ts'

/**
 * Whether the upstream that the canary's requests go to may get any. A host that is no upstream has no targets to run
 * out of. Only `upstream_fallback` asks.
 */
export function isCanaryUsable(
  { upstreamNamed, health }: PeerView,
  canary: CompiledCanary | null,
  { service, nowMs }: { readonly service: Service; readonly nowMs: number },
): boolean {
  if (canary === null || !canary.isFallbackOn) return true
  const upstream = upstreamNamed(canary.upstream.host ?? service.host)
  return upstream === undefined || health.canServe(upstream, nowMs)
}
