import { type Authority, nameToResolve, parseAuthority } from '../model/addresses.ts'
import type { Target } from '../model/target.ts'
import type { NameAddresses } from './dns/name-addresses.ts'

/** One address that an upstream's requests can go to: a target, or one of the addresses of its name. */
export interface Peer {
  readonly targetId: string
  /** Host name or address as configured; IPv6 without its brackets. */
  readonly host: string
  /** IP address that connections go to; null while none is known of the name. */
  readonly address: string | null
  readonly port: number
  /** 0 … 65535; 0 is kept but never picked. */
  readonly weight: number
  /** `host:port`, `[v6]:port`, as configured: what the Host field says. */
  readonly authority: string
  /** Names the peer within its upstream: the authority, for an address of a name with `/address` behind it. */
  readonly key: string
}

/** What of a target has an effect on requests. */
export type TargetParts = Pick<Target, 'id' | 'target' | 'weight'>

/** The peers of a target: one for each address of its name, each with the weight of the target, as in Kong. */
export function peersOf(target: TargetParts, addresses: NameAddresses): readonly Peer[] {
  const authority = parseAuthority(target.target)
  if (authority === null) throw new Error(`stored target '${target.target}' is no host and port`)
  const { id: targetId, weight } = target
  return peersAt(authority, { targetId, weight, authority: target.target }, addresses)
}

/** The peers at a host and a port; one without an address when none is known of the name. */
export function peersAt(
  { host, port }: Pick<Authority, 'host' | 'port'>,
  parts: Pick<Peer, 'targetId' | 'weight' | 'authority'>,
  addresses: NameAddresses,
): readonly Peer[] {
  const peer = { ...parts, host, port: port ?? 0, key: parts.authority }
  const name = nameToResolve(host)
  if (name === null) return [{ ...peer, address: host }]
  const known = addresses.get(name)
  if (known === undefined) return [{ ...peer, address: null }]
  return known.map((address) => ({ ...peer, address, key: `${parts.authority}/${address}` }))
}

/** The authority in the key of a peer. */
export function authorityOf(key: string): string {
  const slash = key.indexOf('/')
  return slash === -1 ? key : key.slice(0, slash)
}

/** Order of peers within an upstream: by key, so that it is the same on every node and after every restart. */
export function comparePeers(left: Peer, right: Peer): number {
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0
}

/**
 * Those that can get requests: weight above zero, and an address. When no address is known at all, those without one:
 * their names are looked up when a connection is opened.
 */
export function usablePeers(peers: readonly Peer[]): readonly Peer[] {
  const weighted = peers.filter(({ weight }) => weight > 0)
  const reachable = weighted.filter(({ address }) => address !== null)
  return reachable.length > 0 ? reachable : weighted
}
