import { parseAuthority } from '../model/addresses.ts'
import { DEFAULT_CIRCUIT_LIMITS } from './circuit-breaker.ts'
import type { CompiledUpstream } from './compile-upstream.ts'
import type { NameAddresses } from './dns/name-addresses.ts'
import { comparePeers, peersAt } from './peer.ts'
import { DEFAULT_RETRY_BUDGET } from './retry-budget.ts'

/** A host that is no upstream, as an upstream without checks: its addresses take turns. Port from 0 to 65535. */
export function compileHost(
  { host: written, port }: { readonly host: string; readonly port: number },
  addresses: NameAddresses,
): CompiledUpstream {
  const host = parseAuthority(written)?.host ?? written
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const parts = { targetId: '', weight: 1, authority }
  const peers = [...peersAt({ host, port }, parts, addresses)].sort(comparePeers)
  return {
    id: hostId(host),
    name: authority,
    isHost: true,
    hostHeader: null,
    clientCertificateId: null,
    algorithm: 'round-robin',
    peers,
    allPeers: peers,
    totalWeight: peers.length,
    health: { active: null, passive: null, threshold: 0 },
    limits: DEFAULT_CIRCUIT_LIMITS,
    retryBudget: DEFAULT_RETRY_BUDGET,
    slowStartMs: 0,
    hashing: null,
    manner: null,
  }
}

/** Under which the turns of a host's addresses are kept: no id of an entity. */
export function hostId(host: string): string {
  return `host ${host.toLowerCase()}`
}
