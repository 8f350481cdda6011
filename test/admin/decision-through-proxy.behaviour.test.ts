import { afterAll, beforeAll, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { isOneAnswer, sendRaw, statusOf } from '../support/raw-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream
let pluginId: string

beforeAll(async () => {
  gateway = await startTestGateway({
    settings: { trusted_ips: '127.0.0.1', real_ip_header: 'X-Real-IP' },
  })
  upstream = await startUpstream('v1')
  await configureService(gateway, upstream.port)
  await gateway.admin('PUT', '/consumers/bob', {})
  await gateway.admin('PUT', '/consumers/guest', {})
  await gateway.admin('POST', '/consumers/bob/key-auth', { key: 'key-of-bob' })
  await gateway.admin('POST', '/services/shop/plugins', {
    name: 'key-auth',
    config: { anonymous: 'guest' },
  })
  const plugin = await gateway.admin<{ id: string }>('POST', '/services/shop/plugins', {
    name: 'canary',
    config: { upstream_host: '127.0.0.1', upstream_port: upstream.port, percentage: 0 },
  })
  pluginId = plugin.id
})

afterAll(async () => {
  await gateway.stop()
  await upstream.close()
  expect(gateway.logged).toEqual([])
})

const byHeader = { hash: 'header', hash_header: 'X-User' }
const byCookie = { hash: 'cookie', hash_cookie: 'sid' }

it.each([
  ['a consumer', { hash: 'consumer' }, 'consumer=bob', 'apikey: key-of-bob'],
  ['a guest, by address', { hash: 'consumer' }, 'ip=10.1.2.3', 'X-Real-IP: 10.1.2.3'],
  ['an IPv4-mapped address', { hash: 'ip' }, 'ip=::ffff:10.1.2.3', 'X-Real-IP: ::ffff:10.1.2.3'],
  ['another spelling', { hash: 'ip' }, 'ip=2001:DB8:0::7', 'X-Real-IP: 2001:db8::7'],
  ['a header', byHeader, 'header=emma', 'X-User: emma'],
  ['a header with blanks around', byHeader, 'header=%20emma%09', 'X-User:  \temma\t '],
  ['a header in UTF-8', byHeader, `header=${encodeURIComponent('zoë 名')}`, 'X-User: zoë 名'],
  ['a no-break space at its end', byHeader, 'header=x%C2%A0', 'X-User: x\u00a0'],
  ['a cookie', byCookie, 'cookie=abc', 'Cookie: a=1; sid=abc; b=2'],
  ['a cookie in UTF-8', byCookie, `cookie=${encodeURIComponent('ö=1')}`, 'Cookie: sid=ö=1'],
])(
  '%s: the side that is told, up to the very share that moves it',
  async (_, config, query, field) => {
    await configure({ ...config, percentage: 0 })
    const { moves_at_percent: share } = await ask(query)
    for (const percentage of [0, share - 0.1, share, 100]) {
      await configure({ percentage: Math.max(0, percentage) })
      const side = percentage < share ? 'primary' : 'canary'
      expect([(await ask(query)).variant, await sideOf(field)]).toEqual([side, side])
    }
  },
)

function configure(config: object) {
  return gateway.admin('PATCH', `/plugins/${pluginId}`, { config })
}

function ask(query: string) {
  return gateway.admin<{ variant: string; moves_at_percent: number }>(
    'GET',
    `/services/shop/canary/decision?${query}`,
  )
}

/** The side that a request with this field line, sent as UTF-8, was forwarded to. */
async function sideOf(field: string): Promise<string | undefined> {
  const head = `GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n${field}\r\n\r\n`
  const { text } = await sendRaw(gateway.proxyPort, Buffer.from(head), { until: isOneAnswer })
  expect(statusOf(text)).toBe(200)
  return /^canary-variant: (\w+)\r$/im.exec(text)?.[1]
}
