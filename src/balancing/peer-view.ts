import type { CompiledUpstream } from './compile-upstream.ts'
import type { HealthState } from './health/health-state.ts'

/** What this node serves of the upstreams, and what it has found of their peers. */
export interface PeerView {
  upstreamNamed(name: string): CompiledUpstream | undefined
  readonly health: HealthState
}

/**
 * Whether requests to this host may be served: some target of the upstream of that name may get them. A host that is no
 * upstream has no targets to run out of.
 */
export function isHostUsable(
  { upstreamNamed, health }: PeerView,
  host: string,
  nowMs: number,
): boolean {
  const upstream = upstreamNamed(host)
  return upstream === undefined || health.canServe(upstream, nowMs)
}
