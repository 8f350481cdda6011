import type { TLSSocket } from 'node:tls'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { configureService, configureUpstream } from '../support/configure.ts'
import {
  type MadeAuthority,
  type MadeCertificate,
  makeAuthority,
  makeSelfSignedFor,
} from '../support/make-certificates.ts'
import { isOneAnswer, sendRaw, statusOf } from '../support/raw-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startTlsUpstream, startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let root: MadeAuthority
let otherRoot: MadeAuthority
let server: MadeCertificate
let gateway: TestGateway
const upstreams: TestUpstream[] = []

beforeAll(async () => {
  root = await makeAuthority('root of the upstreams')
  otherRoot = await makeAuthority('another root')
  server = await root.issue('127.0.0.1')
})

beforeEach(async () => {
  gateway = await startTestGateway()
})

afterEach(async () => {
  await gateway.stop()
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.close()))
  expect(gateway.logged).toEqual([])
})

async function started(upstream: Promise<TestUpstream>): Promise<TestUpstream> {
  const running = await upstream
  upstreams.push(running)
  return running
}

async function ask(host = 'a'): Promise<number> {
  const request = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  return statusOf((await sendRaw(gateway.proxyPort, request, { until: isOneAnswer })).text)
}

const reasons = () => gateway.entries.map(({ reason }) => reason)

async function addAuthority({ cert }: MadeCertificate): Promise<string> {
  return (await gateway.admin<{ id: string }>('POST', '/ca_certificates', { cert })).id
}

async function addCertificate({ cert, key }: MadeCertificate): Promise<{ id: string }> {
  const { id } = await gateway.admin<{ id: string }>('POST', '/certificates', { cert, key })
  return { id }
}

async function configure(upstream: TestUpstream, service: object = {}): Promise<void> {
  const fields = { protocol: 'https', retries: 0, ...service }
  await configureService(gateway, upstream.port, { service: fields })
}

const change = (fields: object) => gateway.admin('PATCH', '/services/shop', fields)

describe('the certificate of an upstream', () => {
  it('that nobody vouches for is a 502, with the reason in the log', async () => {
    await configure(await started(startTlsUpstream('v1', server)))
    expect(await ask()).toBe(502)
    expect(reasons()).toEqual(['certificate-untrusted'])
  })

  it('is not looked at with tls_verify false, and is again with true', async () => {
    await configure(await started(startTlsUpstream('v1', server)), { tls_verify: false })
    expect(await ask()).toBe(200)
    await change({ tls_verify: true })
    expect(await ask()).toBe(502)
    await change({ tls_verify: false })
    expect(await ask()).toBe(200)
  })

  it('is verified with the CA certificates of the service, and with no others then', async () => {
    const [own, other] = [await addAuthority(root), await addAuthority(otherRoot)]
    await configure(await started(startTlsUpstream('v1', server)), { ca_certificates: [own] })
    expect(await ask()).toBe(200)
    await change({ ca_certificates: [other] })
    expect(await ask()).toBe(502)
    await change({ ca_certificates: [other, own] })
    expect(await ask()).toBe(200)
    expect(reasons()).toEqual([null, 'certificate-untrusted', null])
  })

  it.each([
    ['is for another name', 'other.test', undefined, 'certificate-name'],
    ['has expired', '127.0.0.1', new Date('2021-01-01'), 'certificate-expired'],
  ])('that %s is a 502', async (_what, name, notAfter, reason) => {
    const wrong = await root.issue(name, notAfter === undefined ? {} : { notAfter })
    const upstream = await started(startTlsUpstream('v1', wrong))
    await configure(upstream, { ca_certificates: [await addAuthority(root)] })
    expect(await ask()).toBe(502)
    expect(reasons()).toEqual([reason])
    expect(upstream.seen).toEqual([])
  })

  it('is asked for, and verified, by the host that is sent', async () => {
    const names: unknown[] = []
    const upstream = await started(
      startTlsUpstream('v1', await root.issue('shop.test'), (request, response) => {
        names.push((request.socket as TLSSocket).servername)
        response.end()
      }),
    )
    await configure(upstream, { ca_certificates: [await addAuthority(root)] })
    await gateway.admin('PATCH', '/routes/shop', { preserve_host: true })
    expect(await ask('shop.test:8443')).toBe(200)
    expect(await ask('other.test')).toBe(502)
    expect(await ask('shop.test')).toBe(200)
    expect(names).toEqual(['shop.test', 'shop.test'])
    expect(reasons()).toEqual([null, 'certificate-name', null])
  })

  it('is no fault of the target when a client names the host that it is not for', async () => {
    const upstream = await started(startTlsUpstream('v1', await root.issue('shop.test')))
    await configureUpstream(gateway, 'shop.v1', { [upstream.address]: 100 })
    await gateway.admin('PATCH', '/upstreams/shop.v1', {
      healthchecks: { passive: { unhealthy: { tcp_failures: 1 }, max_ejected_percent: 100 } },
    })
    await configure(upstream, {
      host: 'shop.v1',
      ca_certificates: [await addAuthority(root)],
    })
    await gateway.admin('PATCH', '/routes/shop', { preserve_host: true })
    expect(await ask('other.test')).toBe(502)
    expect(await ask('shop.test')).toBe(200)
    await gateway.admin('PATCH', '/routes/shop', { preserve_host: false })
    expect(await ask('shop.test')).toBe(502)
    expect(await ask('shop.test')).toBe(503)
  })

  it('may have no more intermediates above it than tls_verify_depth says', async () => {
    const below = await root.issueAuthority('below the root')
    const upstream = await started(startTlsUpstream('v1', await below.issue('127.0.0.1')))
    const ca_certificates = [await addAuthority(root)]
    await configure(upstream, { ca_certificates, tls_verify_depth: 0 })
    expect(await ask()).toBe(502)
    await change({ tls_verify_depth: 1 })
    expect(await ask()).toBe(200)
    expect(reasons()).toEqual(['certificate-refused', null])
  })

  it('is not there on a port that speaks plain HTTP: 502', async () => {
    await configure(await started(startUpstream('v1')))
    expect(await ask()).toBe(502)
    expect(reasons()).toEqual(['tls-failed'])
  })
})

describe('an upstream that demands a certificate', () => {
  const demanding = () =>
    started(
      startTlsUpstream(
        'v1',
        { ...server, ca: root.cert, requestCert: true, rejectUnauthorized: true },
        (request, response) => {
          response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN)
        },
      ),
    )

  const shown = async () => {
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    const { text } = await sendRaw(gateway.proxyPort, request, { until: isOneAnswer })
    return statusOf(text) === 200 ? text.slice(text.indexOf('\r\n\r\n') + 4) : statusOf(text)
  }

  it('is shown the one of the service, and the next one after a change', async () => {
    await configure(await demanding(), { tls_verify: false })
    expect(await shown()).toBe(502)
    const client_certificate = await addCertificate(
      await root.issue('gateway.one', { purpose: 'client' }),
    )
    await change({ client_certificate })
    expect(await shown()).toBe('gateway.one')
    const { cert, key } = await root.issue('gateway.two', { purpose: 'client' })
    await gateway.admin('PATCH', `/certificates/${client_certificate.id}`, { cert, key })
    expect(await shown()).toBe('gateway.two')
    await change({ client_certificate: await addCertificate(await makeSelfSignedFor('nobody')) })
    expect(await shown()).toBe(502)
  })

  it('is shown the one of the upstream entity when the service has none', async () => {
    const target = (await demanding()).address
    const [ofUpstream, ofService] = await Promise.all(
      ['of.upstream', 'of.service'].map(async (name) =>
        addCertificate(await root.issue(name, { purpose: 'client' })),
      ),
    )
    const fields = { name: 'shop.v1', client_certificate: ofUpstream }
    await gateway.admin('POST', '/upstreams', fields)
    await gateway.admin('POST', '/upstreams/shop.v1/targets', { target })
    await configureService(gateway, 443, {
      service: { host: 'shop.v1', protocol: 'https', tls_verify: false, retries: 0 },
    })
    expect(await shown()).toBe('of.upstream')
    await change({ client_certificate: ofService })
    expect(await shown()).toBe('of.service')
    await change({ client_certificate: null })
    expect(await shown()).toBe('of.upstream')
  })

  it('is probed with the certificate of the upstream entity', async () => {
    const target = (await demanding()).address
    const client_certificate = await addCertificate(
      await root.issue('probe', { purpose: 'client' }),
    )
    await gateway.admin('POST', '/upstreams', {
      name: 'shop.v1',
      client_certificate,
      healthchecks: {
        active: {
          type: 'https',
          https_verify_certificate: false,
          healthy: { interval: 0.05, successes: 1 },
          unhealthy: { interval: 0.05, tcp_failures: 1 },
        },
      },
    })
    await gateway.admin('POST', '/upstreams/shop.v1/targets', { target })
    const upstream = upstreams[0]!
    await expect.poll(() => upstream.seen.length).toBeGreaterThan(1)
    const health = await gateway.admin<{ data: { health: string }[] }>(
      'GET',
      '/upstreams/shop.v1/health',
    )
    expect(health.data.map((peer) => peer.health)).toEqual(['HEALTHY'])
  })
})

describe('connections', () => {
  it('are kept for the next request over TLS too', async () => {
    const upstream = await started(startTlsUpstream('v1', server))
    await configure(upstream, { ca_certificates: [await addAuthority(root)] })
    for (let i = 0; i < 5; i += 1) expect(await ask()).toBe(200)
    expect(upstream.sockets.size).toBe(1)
  })

  it('of services that trust differently are not shared', async () => {
    const upstream = await started(startTlsUpstream('v1', server))
    await configure(upstream, { tls_verify: false })
    await gateway.admin('POST', '/services', {
      name: 'strict',
      protocol: 'https',
      host: '127.0.0.1',
      port: upstream.port,
      retries: 0,
    })
    await gateway.admin('POST', '/services/strict/routes', { hosts: ['strict.test'] })
    expect(await ask()).toBe(200)
    expect(await ask('strict.test')).toBe(502)
    expect(await ask()).toBe(200)
  })
})
