import type { RawHead } from '../../src/proxy/head/parse-head.ts'

/** The Host field of every head that a test does not give another one. */
export const HOST = ['Host', 'a.example']

/** A good GET request with the given parts in place of its own. */
export function rawHead(parts: Partial<RawHead> = {}): RawHead {
  return {
    method: 'GET',
    target: '/',
    httpVersion: '1.1',
    rawHeaders: HOST,
    peerAddress: '192.0.2.9',
    listenerPort: 8000,
    isTls: false,
    serverName: null,
    ...parts,
  }
}

/** Parts of a head with fields beside its Host. */
export function withFields(...rawHeaders: readonly string[]): Partial<RawHead> {
  return { rawHeaders: [...HOST, ...rawHeaders] }
}

/** `count` different fields of one value. */
export function manyFields(count: number, value = 'v'): string[] {
  return Array.from({ length: count }, (_, i) => [`X-${i}`, value]).flat()
}
