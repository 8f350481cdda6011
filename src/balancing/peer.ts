import type { Target } from '../model/target.ts'

/** One address that an upstream's requests can go to: a target as the balancer sees it. */
export interface Peer {
  readonly targetId: string
  /** Host name or address; IPv6 without its brackets. */
  readonly host: string
  readonly port: number
  /** 0 … 65535; 0 is kept but never picked. */
  readonly weight: number
  /** `host:port`, `[v6]:port`: names the peer within its upstream. */
  readonly key: string
}

/** The peer of a target, whose `target` field is normalised to `host:port` or `[v6]:port`. */
export function peerOf(target: Target): Peer {
  const colon = target.target.lastIndexOf(':')
  return {
    targetId: target.id,
    host: withoutBrackets(target.target.slice(0, colon)),
    port: Number(target.target.slice(colon + 1)),
    weight: target.weight,
    key: target.target,
  }
}

/** Order of peers within an upstream: by key, so that it is the same on every node and after every restart. */
export function comparePeers(left: Peer, right: Peer): number {
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
