import { UPSTREAM_DEFAULTS, type Upstream } from '../model/upstream.ts'
import { type CircuitLimits, compileCircuitLimits } from './circuit-breaker.ts'
import { buildRing, type HashRing } from './consistent-hash.ts'
import { buildCrcRing, type CrcRing } from './crc-ring.ts'
import { type NameAddresses, NO_ADDRESSES } from './dns/name-addresses.ts'
import { compileHashPlan, type HashPlan } from './hash-plan.ts'
import { compileHealthRules, type HealthRules } from './health/health-rules.ts'
import { comparePeers, type Peer, peersOf, type TargetParts, usablePeers } from './peer.ts'
import { compileRetryBudget, type RetryBudgetRules } from './retry-budget.ts'
import { compileManner, type UpstreamManner } from './upstream-manner.ts'

/** An upstream with its targets in the form a request needs: part of a snapshot, immutable. */
export interface CompiledUpstream {
  readonly id: string
  readonly name: string
  /** A host that names no upstream: what its addresses bear is counted for all services at them. */
  readonly isHost: boolean
  /** Host field to send in place of the target's own; null for the target's. */
  readonly hostHeader: string | null
  /** Shown to targets that ask for one; null for none. */
  readonly clientCertificateId: string | null
  readonly algorithm: NonNullable<Upstream['algorithm']>
  /** Peers with a weight above zero, ordered by key; those without an address only when no peer has one. */
  readonly peers: readonly Peer[]
  /** Every peer, those with weight zero too, ordered by key. */
  readonly allPeers: readonly Peer[]
  /** Sum of the weights. */
  readonly totalWeight: number
  readonly health: HealthRules
  /** Of each peer. */
  readonly limits: CircuitLimits
  readonly retryBudget: RetryBudgetRules
  /** How long a target takes to its full weight, in ms; 0: none. */
  readonly slowStartMs: number
  /** Null unless the algorithm is consistent hashing. */
  readonly hashing: { readonly plan: HashPlan; readonly ring: HashRing | CrcRing } | null
  /** Null: service and route say how requests go to it. */
  readonly manner: UpstreamManner | null
}

/** What of an upstream has an effect on requests. */
export type UpstreamParts = Omit<Upstream, 'created_at' | 'updated_at' | 'tags' | 'use_srv_name'>

/**
 * Compiles an upstream with its own targets. The result depends on what is configured and on the addresses of names,
 * and on nothing else (not on the order of either, not on time), so every node and every restart maps keys to the same
 * peers.
 */
export function compileUpstream(
  upstream: UpstreamParts,
  targets: readonly TargetParts[],
  addresses: NameAddresses = NO_ADDRESSES,
): CompiledUpstream {
  const allPeers = targets.flatMap((target) => peersOf(target, addresses)).sort(comparePeers)
  const peers = usablePeers(allPeers)
  const algorithm = upstream.algorithm ?? UPSTREAM_DEFAULTS.algorithm
  const slots = upstream.slots ?? UPSTREAM_DEFAULTS.slots
  return {
    id: upstream.id,
    name: upstream.name,
    isHost: false,
    hostHeader: upstream.apisix?.pass_host === 'node' ? null : upstream.host_header,
    clientCertificateId: upstream.client_certificate?.id ?? null,
    algorithm,
    peers,
    allPeers,
    totalWeight: peers.reduce((sum, peer) => sum + peer.weight, 0),
    health: compileHealthRules(upstream.healthchecks),
    limits: compileCircuitLimits(upstream.circuit_breaker),
    retryBudget: compileRetryBudget(upstream.retry_budget),
    slowStartMs: (upstream.slow_start ?? 0) * 1000,
    hashing:
      algorithm === 'consistent-hashing'
        ? {
            plan: compileHashPlan(upstream),
            ring: upstream.apisix ? buildCrcRing(peers) : buildRing(peers, slots),
          }
        : null,
    manner: compileManner(upstream.apisix, targets.length),
  }
}
