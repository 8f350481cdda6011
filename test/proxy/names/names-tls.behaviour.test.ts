import { afterEach, beforeEach, expect, it } from 'vitest'
import { configureService } from '../../support/configure.ts'
import { startDns, type TestDns } from '../../support/dns-server.ts'
import { KeepAliveClient } from '../../support/keep-alive-client.ts'
import { makeAuthority } from '../../support/make-certificates.ts'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'
import { startTlsUpstream, type TestUpstream } from '../../support/test-upstream.ts'

let dns: TestDns
let upstream: TestUpstream
let gateway: TestGateway

beforeEach(async () => {
  const records = { A: ['127.0.0.1'] }
  dns = await startDns({ 'shop.test': records, 'other.test': records })
  const root = await makeAuthority('root of the upstreams')
  upstream = await startTlsUpstream('v1', await root.issue('shop.test'))
  gateway = await startTestGateway({ settings: { dns_resolvers: dns.address } })
  const { id } = await gateway.admin<{ id: string }>('POST', '/ca_certificates', {
    cert: root.cert,
  })
  const service = { protocol: 'https', retries: 0, ca_certificates: [id], host: 'shop.test' }
  await configureService(gateway, upstream.port, { service })
})

afterEach(async () => {
  await gateway.stop()
  await upstream.close()
  await dns.close()
})

async function status(): Promise<number> {
  const client = await KeepAliveClient.connect(gateway.proxyPort)
  const answer = await client.ask('/')
  client.close()
  return answer.status
}

it.each([
  ['shop.test', 200, null],
  ['other.test', 502, 'certificate-name'],
])(
  'checks the certificate for the name: of %s, and goes to its address',
  async (host, expected, reason) => {
    await gateway.admin('PATCH', '/services/shop', { host })
    const entry = () => gateway.entries.at(-1)
    const address = `${host}:${upstream.port}/127.0.0.1`
    await expect.poll(async () => [await status(), entry()?.target]).toEqual([expected, address])
    expect(entry()?.reason ?? null).toBe(reason)
  },
)
