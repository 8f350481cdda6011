import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HeaderFields } from '../../../src/model/request.ts'
import {
  clientAddress,
  clientScheme,
  compileTrust,
  peerOf,
} from '../../../src/proxy/head/client-address.ts'

const TRUSTED = ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32']

describe('trust', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.255.255.255', '10.255.255.255', true],
    ['11.0.0.0', '11.0.0.0', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.2', '192.0.2.2', false],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['::ffff:a00:1', '10.0.0.1', true],
    ['::FFFF:11.0.0.1', '11.0.0.1', false],
    ['2001:db8::1', '2001:db8::1', true],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1', true],
    ['2001:db9::1', '2001:db9::1', false],
    ['::1', '::1', false],
    ['fe80::1%eth0', 'fe80::1%eth0', false],
  ])('peer %s is %s, trusted: %s', (peer, address, isTrusted) => {
    const trust = compileTrust({ trusted_ips: TRUSTED, real_ip_header: 'X-Real-IP' })
    expect(peerOf(trust, peer)).toEqual({ address, isTrusted })
    expect(peerOf(trust, peer)).toEqual({ address, isTrusted })
  })

  test.each([
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['10.1.2.3/8', '10.200.0.1', true],
    ['0.0.0.0/0', '203.0.113.1', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
  ])('the block %s holds %s: %s', (block, address, isTrusted) => {
    const trust = compileTrust({ trusted_ips: [block], real_ip_header: 'X-Real-IP' })
    expect(peerOf(trust, address).isTrusted).toBe(isTrusted)
  })

  test('a peer without an address is nobody', () => {
    const trust = compileTrust({ trusted_ips: ['0.0.0.0/0', '::/0'], real_ip_header: 'X-Real-IP' })
    expect(peerOf(trust, '')).toEqual({ address: '', isTrusted: false })
  })

  test('more addresses than are remembered change no answer', () => {
    const trust = compileTrust({ trusted_ips: ['10.0.0.0/8'], real_ip_header: 'X-Real-IP' })
    for (let i = 0; i < 10_000; i++) {
      const rest = `${(i >> 8) & 255}.${i & 255}.1`
      expect(peerOf(trust, `10.${rest}`).isTrusted).toBe(true)
      expect(peerOf(trust, `11.${rest}`).isTrusted).toBe(false)
    }
  })
})

describe('X-Forwarded-For', () => {
  test.each([
    ['an untrusted peer', '203.0.113.9', ['1.2.3.4'], '203.0.113.9'],
    ['no field', '10.0.0.1', [], '10.0.0.1'],
    ['one hop', '10.0.0.1', ['1.2.3.4'], '1.2.3.4'],
    ['what the client itself wrote, to the left', '10.0.0.1', ['9.9.9.9, 1.2.3.4'], '1.2.3.4'],
    ['trusted hops', '10.0.0.1', ['1.2.3.4, 192.0.2.1, 10.9.9.9'], '1.2.3.4'],
    ['trusted hops only: the leftmost', '10.0.0.1', ['10.0.0.3, 10.0.0.2'], '10.0.0.3'],
    ['several lines, as one list', '10.0.0.1', ['9.9.9.9', '1.2.3.4', '10.0.0.2'], '1.2.3.4'],
    ['junk at the right', '10.0.0.1', ['1.2.3.4, unknown'], '10.0.0.1'],
    ['junk behind a trusted hop', '10.0.0.1', ['1.2.3.4, _x, 10.0.0.2'], '10.0.0.2'],
    ['junk the client wrote', '10.0.0.1', ['<script>, 1.2.3.4'], '1.2.3.4'],
    ['empty entries', '10.0.0.1', [', 1.2.3.4 ,,\t'], '1.2.3.4'],
    ['an empty field', '10.0.0.1', [''], '10.0.0.1'],
    ['a port', '10.0.0.1', ['1.2.3.4:5678'], '1.2.3.4'],
    ['IPv6 in brackets with a port', '10.0.0.1', ['[2001:DB9::1]:80'], '2001:db9::1'],
    ['IPv6 in brackets', '10.0.0.1', ['[2001:db9::1]'], '2001:db9::1'],
    ['plain IPv6', '2001:db8::1', ['2001:db9:0::1'], '2001:db9::1'],
    ['mapped IPv4', '::ffff:10.0.0.1', ['::ffff:1.2.3.4'], '1.2.3.4'],
    ['a number that is no address', '10.0.0.1', ['16909060'], '10.0.0.1'],
    ['an octal address', '10.0.0.1', ['01.2.3.4'], '10.0.0.1'],
    ['a bad port', '10.0.0.1', ['1.2.3.4:x'], '10.0.0.1'],
    ['a broken bracket', '10.0.0.1', ['[2001:db9::1'], '10.0.0.1'],
    ['text behind a bracket', '10.0.0.1', ['[2001:db9::1]x'], '10.0.0.1'],
  ])('%s', (_, peer, values, client) => {
    expect(clientOf('X-Forwarded-For', peer, lines('x-forwarded-for', values))).toBe(client)
  })

  test('counts for nothing when another header is the real_ip_header', () => {
    expect(clientOf('X-Real-IP', '10.0.0.1', lines('x-forwarded-for', ['1.2.3.4']))).toBe(
      '10.0.0.1',
    )
  })

  test('never yields an address that neither the peer nor a trusted hop named', () => {
    const octet = fc.constantFrom(1, 10, 192)
    const address = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'))
    const entry = fc.oneof(address, fc.constantFrom('', 'unknown', '::1', '10.0.0.7'), fc.string())
    fc.assert(
      fc.property(address, fc.array(entry), address, (peer, forged, real) => {
        // The trusted balancer appends what it saw; the client may have sent anything before.
        const field = lines('x-forwarded-for', [[...forged, real].join(',')])
        const client = clientOf('X-Forwarded-For', peer, field)
        expect(isIP(client)).not.toBe(0)
        const isBehindBalancer = peer.startsWith('10.')
        if (!isBehindBalancer) expect(client).toBe(peer)
        else if (!real.startsWith('10.')) expect(client).toBe(real)
      }),
    )
  })
})

describe('a real_ip_header with one address', () => {
  test.each([
    ['an untrusted peer', '203.0.113.9', ['1.2.3.4'], '203.0.113.9'],
    ['an address', '10.0.0.1', ['1.2.3.4'], '1.2.3.4'],
    ['spaces around it', '10.0.0.1', [' 1.2.3.4 '], '1.2.3.4'],
    ['mapped IPv4', '10.0.0.1', ['::ffff:1.2.3.4'], '1.2.3.4'],
    ['a port', '10.0.0.1', ['1.2.3.4:80'], '1.2.3.4'],
    ['a trusted address', '10.0.0.1', ['10.0.0.2'], '10.0.0.2'],
    ['junk', '10.0.0.1', ['localhost'], '10.0.0.1'],
    ['a list', '10.0.0.1', ['1.2.3.4, 5.6.7.8'], '10.0.0.1'],
    ['two lines', '10.0.0.1', ['1.2.3.4', '1.2.3.4'], '10.0.0.1'],
    ['none', '10.0.0.1', [], '10.0.0.1'],
  ])('%s', (_, peer, values, client) => {
    expect(clientOf('X-Real-IP', peer, lines('x-real-ip', values))).toBe(client)
    expect(clientOf('CF-Connecting-IP', peer, lines('cf-connecting-ip', values))).toBe(client)
  })
})

describe('the scheme of the client', () => {
  test.each([
    ['a trusted peer says https', '10.0.0.1', ['https'], false, 'https'],
    ['a trusted peer says HTTPS', '10.0.0.1', ['HTTPS'], false, 'https'],
    ['a trusted peer says http on a TLS listener', '10.0.0.1', ['http'], true, 'http'],
    ['an untrusted peer says https', '203.0.113.9', ['https'], false, 'http'],
    ['an untrusted peer says http on TLS', '203.0.113.9', ['http'], true, 'https'],
    ['another word', '10.0.0.1', ['wss'], false, 'http'],
    ['a list', '10.0.0.1', ['https, http'], false, 'http'],
    ['two lines', '10.0.0.1', ['https', 'https'], false, 'http'],
    ['nothing', '10.0.0.1', [], true, 'https'],
  ])('%s', (_, peer, values, isTls, scheme) => {
    const trust = compileTrust({ trusted_ips: TRUSTED, real_ip_header: 'X-Real-IP' })
    const field = lines('x-forwarded-proto', values)
    expect(clientScheme(peerOf(trust, peer), field, isTls)).toBe(scheme)
  })
})

function clientOf(realIpHeader: string, peer: string, fields: HeaderFields): string {
  const trust = compileTrust({ trusted_ips: TRUSTED, real_ip_header: realIpHeader })
  return clientAddress(trust, peerOf(trust, peer), fields)
}

function lines(name: string, values: readonly string[]): HeaderFields {
  return { names: ['host', ...values.map(() => name)], values: ['a.example', ...values] }
}
