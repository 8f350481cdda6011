import { describe, expect, it } from 'vitest'
import { buildCrcRing, peerOfCrcKey } from '../../src/balancing/crc-ring.ts'
import { compiledOf } from './support.ts'

const ANY = () => true

function peersAt(weights: Readonly<Record<string, number>>) {
  const entries = Object.entries(weights).map(([port, weight]) => [`127.0.0.1:${port}`, weight])
  return compiledOf(Object.fromEntries(entries)).peers
}

function portOf(
  weights: Readonly<Record<string, number>>,
  key: string,
  isUsable = ANY as (i: number) => boolean,
) {
  const peers = peersAt(weights)
  return peers[peerOfCrcKey(buildCrcRing(peers), key, isUsable)]?.port
}

/** Source: assertions of APISIX's own tests (reference apisix.md, d3). */
describe('the ring of chash', () => {
  it.each([
    [[1980, 1981], '127.0.0.1', 1980],
    [[1980, 1981], 'jack', 1981],
    [[1980, 1981], 'tom', 1980],
    [[1980, 1981], 'custom-one', 1980],
    [[1980, 1981], 'cuscookie', 1981],
    [[1980, 1981, 1982], '127.0.0.1', 1982],
    [[1981, 1982], 'world', 1981],
    [[1981, 1982], 'hello', 1982],
  ])('of %j has %s at %d', (ports, key, port) => {
    expect(portOf(Object.fromEntries(ports.map((one) => [one, 1])), key)).toBe(port)
  })

  it('has 160 points for each unit of weight, once what is common is divided out', () => {
    expect(buildCrcRing(peersAt({ 1980: 1, 1981: 1 })).positions).toHaveLength(320)
    expect(buildCrcRing(peersAt({ 1980: 100, 1981: 50 })).positions).toHaveLength(480)
    expect(portOf({ 1980: 7, 1981: 7 }, 'jack')).toBe(1981)
  })

  it('stays small with weights that have nothing in common, and follows them', () => {
    const ring = buildCrcRing(peersAt({ 1980: 65_535, 1981: 32_768, 1982: 1 }))
    const points = [0, 1, 2].map((peer) => ring.owners.filter((owner) => owner === peer).length)
    expect(ring.positions.length).toBeLessThanOrEqual(100_000)
    expect((points[0] ?? 0) / (points[1] ?? 1)).toBeCloseTo(2, 2)
    expect(points[2]).toBe(1)
  })

  it('goes on to the next point of a peer that can be used, and keys of others stay', () => {
    const weights = { 1980: 1, 1981: 1, 1982: 1 }
    const owner = portOf(weights, 'jack')
    const index = peersAt(weights).findIndex(({ port }) => port === owner)
    const next = portOf(weights, 'jack', (peer) => peer !== index)
    expect(next).not.toBe(owner)
    expect(next).toBe(
      portOf(
        Object.fromEntries(Object.entries(weights).filter(([port]) => Number(port) !== owner)),
        'jack',
      ),
    )
    expect(portOf(weights, 'jack', () => false)).toBeUndefined()
    expect(portOf({}, 'jack')).toBeUndefined()
  })
})
