import { crc32 } from 'node:zlib'
import type { Peer } from './peer.ts'

/** The points of peers as APISIX lays them out, in ascending order. */
export interface CrcRing {
  readonly kind: 'crc'
  /** Hash of each point. */
  readonly positions: Uint32Array
  /** Index of the peer each point belongs to. */
  readonly owners: Uint32Array
}

/**
 * The ring of APISIX's chash (lua-resty-balancer; reference apisix.md, d3): 160 points for each unit of weight, weights
 * divided by what they have in common. The first point of a peer is the CRC-32 of host, NUL and port, continued over
 * four zero bytes; each further one is that same CRC-32 continued over the point before it.
 * `peers` have weights above zero. A ring of more than MAX_POINTS is laid out with fewer points for each peer, by weight.
 */
export function buildCrcRing(peers: readonly Peer[]): CrcRing {
  const shares = pointShares(peers)
  const count = shares.reduce((sum, share) => sum + share, 0)
  const sortable = new Float64Array(count)
  let at = 0
  for (const [index, peer] of peers.entries()) {
    const base = crc32(`${peer.address ?? peer.host}\0${peer.port}`)
    let point = 0
    for (let left = shares[index] as number; left > 0; left--) {
      point = continued(base, point)
      sortable[at++] = point * OWNERS + index
    }
  }
  sortable.sort()
  const positions = new Uint32Array(count)
  const owners = new Uint32Array(count)
  for (const [i, value] of sortable.entries()) {
    positions[i] = Math.floor(value / OWNERS)
    owners[i] = value % OWNERS
  }
  return { kind: 'crc', positions, owners }
}

/**
 * Index of the peer that serves a key: that of the first point at or above the CRC-32 of the key, walking up to the
 * first peer that `isUsable`, at most once around; -1 when there is none.
 */
export function peerOfCrcKey(
  { positions, owners }: CrcRing,
  key: string,
  isUsable: (peerIndex: number) => boolean,
): number {
  const count = positions.length
  let point = firstAtOrAbove(positions, crc32(key))
  for (let step = 0; step < count; step++) {
    if (point === count) point = 0
    const owner = owners[point] as number
    if (isUsable(owner)) return owner
    point++
  }
  return -1
}

const POINTS_PER_WEIGHT = 160
/** 625 units of weight; laying out more would hold up traffic. */
const MAX_POINTS = 100_000
/** Hash and owner are sorted as one number, which stays exact. */
const OWNERS = 2 ** 21

function pointShares(peers: readonly Peer[]): readonly number[] {
  const divisor = peers.reduce((common, { weight }) => greatestCommonDivisor(common, weight), 0)
  const shares = peers.map(({ weight }) => (weight / divisor) * POINTS_PER_WEIGHT)
  const count = shares.reduce((sum, share) => sum + share, 0)
  if (count <= MAX_POINTS) return shares
  return shares.map((share) => Math.max(1, Math.floor((share / count) * MAX_POINTS)))
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

const POINT_BYTES = new Uint8Array(4)
const POINT_VIEW = new DataView(POINT_BYTES.buffer)

function continued(base: number, point: number): number {
  POINT_VIEW.setUint32(0, point, true)
  return crc32(POINT_BYTES, base)
}

function firstAtOrAbove(positions: Uint32Array, hash: number): number {
  let low = 0
  let high = positions.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((positions[middle] as number) < hash) low = middle + 1
    else high = middle
  }
  return low
}
