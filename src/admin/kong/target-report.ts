import type { CompiledUpstream } from '../../balancing/compile-upstream.ts'
import { isUnchecked } from '../../balancing/health/health-rules.ts'
import type { HealthState } from '../../balancing/health/health-state.ts'
import type { Peer } from '../../balancing/peer.ts'
import { parseAuthority } from '../../model/addresses.ts'
import type { Target } from '../../model/target.ts'

/** What Kong calls the health of a target or of an address. */
type HealthWord = 'HEALTHY' | 'UNHEALTHY' | 'HEALTHCHECKS_OFF' | 'DNS_ERROR'

export interface Weights {
  readonly total: number
  readonly available: number
  readonly unavailable: number
}

interface AddressHealth {
  readonly ip: string
  readonly port: number
  readonly weight: number
  readonly health: HealthWord
}

/** A target's health in Kong's shape. */
export interface HealthOfTarget {
  readonly health: HealthWord
  readonly data: {
    readonly host: string
    readonly port: number | null
    readonly dns: string
    readonly nodeWeight: number
    readonly weight: Weights
    readonly addresses: readonly AddressHealth[]
  }
}

/**
 * Reads the health of targets of an upstream as this node serves it. A target is healthy when any of its addresses is;
 * one whose name has no address has a DNS error (reference kong.md section 6).
 */
export function targetHealthReader(
  compiled: CompiledUpstream | undefined,
  state: HealthState,
): (target: Target) => HealthOfTarget {
  const isChecked = compiled !== undefined && !isUnchecked(compiled.health)
  const peersById = Map.groupBy(compiled?.allPeers ?? [], ({ targetId }) => targetId)
  const healthOf = (upstreamId: string, { key, weight }: Peer): HealthWord => {
    if (!isChecked || weight === 0) return 'HEALTHCHECKS_OFF'
    return state.of(upstreamId, key).unhealthyBy === null ? 'HEALTHY' : 'UNHEALTHY'
  }
  return (target) => {
    const peers = peersById.get(target.id) ?? []
    const addresses = peers.flatMap((peer) =>
      peer.address === null
        ? []
        : [
            {
              ip: peer.address,
              port: peer.port,
              weight: peer.weight,
              health: healthOf(target.upstream.id, peer),
            },
          ],
    )
    return {
      health: healthOfAll(addresses, isChecked && target.weight > 0),
      data: hostData(target, addresses),
    }
  }
}

export function sumOfWeights(all: readonly Weights[]): Weights {
  const sum = (name: keyof Weights) => all.reduce((total, each) => total + each[name], 0)
  return { total: sum('total'), available: sum('available'), unavailable: sum('unavailable') }
}

function healthOfAll(addresses: readonly AddressHealth[], isChecked: boolean): HealthWord {
  if (!isChecked) return 'HEALTHCHECKS_OFF'
  if (addresses.length === 0) return 'DNS_ERROR'
  return addresses.some(({ health }) => health === 'HEALTHY') ? 'HEALTHY' : 'UNHEALTHY'
}

function hostData({ target, weight }: Target, addresses: readonly AddressHealth[]) {
  const authority = parseAuthority(target)
  if (authority === null) throw new Error(`stored target '${target}' is no host and port`)
  const { type, host, port } = authority
  return {
    host: type === 'ipv6' ? `[${host}]` : host,
    port,
    dns: type === 'name' ? recordType(addresses) : 'literal address',
    nodeWeight: weight,
    weight: sumOfWeights(addresses.map(weightsOf)),
    addresses,
  }
}

function recordType([first]: readonly AddressHealth[]): string {
  if (first === undefined) return 'no address known'
  return first.ip.includes(':') ? 'AAAA' : 'A'
}

function weightsOf({ weight, health }: AddressHealth): Weights {
  const isOut = health === 'UNHEALTHY'
  return { total: weight, available: isOut ? 0 : weight, unavailable: isOut ? weight : 0 }
}
