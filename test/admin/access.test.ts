import { describe, expect, it } from 'vitest'
import { type CallerFacts, refusalOnLoopback } from '../../src/admin/access.ts'

const WELCOME: CallerFacts = {
  peerAddress: '127.0.0.1',
  localPort: 8001,
  isTls: false,
  target: '/services',
  hosts: ['localhost:8001'],
  origin: null,
  fetchSite: null,
  proxyHeaders: [],
}

describe('a call is welcome', () => {
  it.each([
    ['by name', {}],
    ['by IPv4 address', { hosts: ['127.0.0.1:8001'] }],
    ['by another loopback address', { hosts: ['127.8.9.1:8001'] }],
    ['by IPv6 address', { hosts: ['[::1]:8001'], peerAddress: '::1' }],
    ['by a mapped peer', { peerAddress: '::ffff:127.0.0.1' }],
    ['by name in capitals', { hosts: ['LOCALHOST:8001'] }],
    ['without a port on port 80', { hosts: ['localhost'], localPort: 80 }],
    ['over TLS without a port on port 443', { hosts: ['localhost'], localPort: 443, isTls: true }],
    ['by bare IPv6 address on port 80', { hosts: ['[::1]'], localPort: 80 }],
    ['from a local page', { origin: 'http://localhost:3000', fetchSite: 'same-site' }],
    ['from a local page over TLS', { origin: 'https://[::1]', fetchSite: 'same-origin' }],
    ['from the address bar', { fetchSite: 'none' }],
  ] satisfies [string, Partial<CallerFacts>][])('%s', (_, facts) => {
    expect(refusalOnLoopback({ ...WELCOME, ...facts })).toBeNull()
  })
})

describe('a call is refused, with the reason', () => {
  it.each([
    [
      'from another machine',
      { peerAddress: '10.0.0.7' },
      /10\.0\.0\.7 is not on this machine; set admin_token/,
    ],
    ['from another machine, mapped', { peerAddress: '::ffff:10.0.0.7' }, /not on this machine/],
    ['without a peer', { peerAddress: '' }, /not on this machine/],
    [
      'to a name that a foreign page controls',
      { hosts: ['evil.test:8001'] },
      /Host is 'evil\.test:8001', but must be localhost:8001/,
    ],
    ['to a name that looks local', { hosts: ['localhost.evil.test:8001'] }, /Host/],
    ['to a name that begins like an address', { hosts: ['127.evil.test:8001'] }, /Host/],
    ['to another port', { hosts: ['localhost:8000'] }, /Host/],
    ['to no port', { hosts: ['localhost'] }, /Host/],
    ['over TLS to no port', { hosts: ['localhost'], localPort: 80, isTls: true }, /Host/],
    ['with userinfo in Host', { hosts: ['localhost:8001@evil.test'] }, /Host/],
    ['without Host', { hosts: [] }, /Host is missing/],
    ['with two Hosts', { hosts: ['localhost:8001', 'localhost:8001'] }, /Host/],
    ['from a foreign page', { origin: 'http://evil.test' }, /Origin 'http:\/\/evil\.test'/],
    ['from a page whose name looks local', { origin: 'http://localhost.evil.test' }, /Origin/],
    ['from a sandboxed page', { origin: 'null' }, /Origin 'null'/],
    ['from a file or extension', { origin: 'chrome-extension://localhost' }, /Origin/],
    ['across sites', { fetchSite: 'cross-site' }, /Sec-Fetch-Site/],
    [
      'through a proxy',
      { proxyHeaders: ['via'] },
      /header via shows that the call came through a proxy/,
    ],
    [
      'with an absolute target',
      { target: 'http://localhost:8001/services' },
      /target must be a path/,
    ],
    ['with the target *', { target: '*' }, /target must be a path/],
  ] satisfies [string, Partial<CallerFacts>, RegExp][])('%s', (_, facts, reason) => {
    expect(refusalOnLoopback({ ...WELCOME, ...facts })).toMatch(reason)
  })
})

describe('a page that the operator listed', () => {
  const listed = new Set(['https://manager.example:8445'])
  const origin = 'https://manager.example:8445'

  it('is welcome, also across sites and in capitals', () => {
    const page = { ...WELCOME, origin, fetchSite: 'cross-site' }
    expect(refusalOnLoopback(page, listed)).toBeNull()
    expect(refusalOnLoopback({ ...page, origin: origin.toUpperCase() }, listed)).toBeNull()
  })

  it.each(['https://manager.example', 'http://manager.example:8445', `${origin}.evil.test`])(
    'does not let in %s',
    (other) => {
      expect(refusalOnLoopback({ ...WELCOME, origin: other }, listed)).toMatch(/Origin/)
    },
  )

  it('does not let in a local page across sites, or the same page through a proxy', () => {
    const local = { ...WELCOME, origin: 'http://localhost:1', fetchSite: 'cross-site' }
    expect(refusalOnLoopback(local, listed)).toMatch(/Sec-Fetch-Site/)
    expect(refusalOnLoopback({ ...WELCOME, origin, proxyHeaders: ['via'] }, listed)).toMatch(/via/)
  })
})
