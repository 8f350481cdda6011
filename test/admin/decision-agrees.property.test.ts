import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BalancerState } from '../../src/balancing/balancer-state.ts'
import { HealthState } from '../../src/balancing/health/health-state.ts'
import { RetryBudgets } from '../../src/balancing/retry-budgets.ts'
import { SETTINGS_SCHEMA } from '../../src/model/settings.ts'
import { choose } from '../../src/proxy/choose.ts'
import { compileTrust } from '../../src/proxy/head/client-address.ts'
import { parseHead } from '../../src/proxy/head/parse-head.ts'
import { limitsOf } from '../../src/proxy/limits.ts'
import { LiveConfiguration } from '../../src/proxy/live-configuration.ts'
import { createDraws } from '../../src/proxy/process-draws.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

const LIMITS = limitsOf(SETTINGS_SCHEMA.parse({}))
const health = new HealthState(() => 0.5)
const live = new LiveConfiguration({
  balancer: new BalancerState(),
  health,
  budgets: new RetryBudgets(),
})
const trust = compileTrust({ trusted_ips: [], real_ip_header: 'X-Real-IP' })
let admin: Admin
let pluginId: string

beforeAll(async () => {
  admin = await startAdmin({
    configuration: live,
    snapshot: () => live.snapshot,
    peers: { upstreamNamed: (name) => live.upstreamNamed(name), health },
  })
  const make = async (path: string, json: object) => {
    const { status, json: made } = await admin.call('POST', path, { json })
    expect([status, made]).toEqual([201, expect.anything()])
    return made
  }
  await make('/services', { name: 'shop', host: 'empty.test' })
  await make('/services/shop/routes', { name: 'shop', paths: ['/'] })
  await make('/upstreams', { name: 'shop.test' })
  await make('/upstreams/shop.test/targets', { target: '10.0.0.1:80' })
  await make('/upstreams', { name: 'empty.test' })
  await make('/services/shop/plugins', { name: 'key-auth', config: { anonymous: 'guest' } })
  for (const username of CALLERS) await make('/consumers', { username })
  for (const username of ['ann', 'bob', 'zoë']) {
    await make(`/consumers/${encodeURIComponent(username)}/key-auth`, { key: `key-of-${username}` })
  }
  for (const [username, group] of [
    ['bob', 'testers'],
    ['guest', 'visitors'],
  ]) {
    await make(`/consumers/${username}/acls`, { group })
  }
  const canary = { name: 'canary', config: { upstream_host: 'shop.test' } }
  pluginId = (await make('/services/shop/plugins', canary)).id
})
afterAll(() => admin.close())

const CALLERS = ['ann', 'bob', 'zoë', 'guest']

/** What a client is: who, from where, with which header and cookie; null for none. */
interface Client {
  readonly consumer: string | null
  readonly ip: string
  readonly header: string | null
  readonly cookie: string
}

const groups = fc.option(fc.subarray(['testers', 'visitors', 'nobody'], { minLength: 1 }))
const anyConfig = fc.record({
  percentage: fc.double({ min: 0, max: 100, noNaN: true }),
  steps: fc.constantFrom(1, 7, 100, 1000, 2 ** 32),
  hash: fc.constantFrom('consumer', 'ip', 'header', 'cookie', 'allow', 'deny'),
  groups: fc.constantFrom(['testers'], ['visitors']),
  always_groups: groups,
  never_groups: groups,
  salt: fc.option(fc.constantFrom('one', 'zwölf')),
  upstream_host: fc.constantFrom(null, 'shop.test', 'elsewhere.test'),
  upstream_fallback: fc.boolean(),
  canary_by_header_name: fc.option(fc.constantFrom('X-User', 'X-Canary'), { freq: 4 }),
})

type GivenConfig = typeof anyConfig extends fc.Arbitrary<infer C> ? C : never

const fieldText = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('always', 'never', ' a b\t', '\u00a0x\u00a0', 'zoë', '名', 'a=b:c', '"q"'),
  )
  .filter((text) => text.isWellFormed() && !hasControls(text))
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((ip) => `::ffff:${ip}`),
  fc.ipV6().map((ip) => ip.toUpperCase()),
  fc.constantFrom('2001:DB8:0:0:0:0:0:1', '::FFFF:0a00:0001', '0:0:0:0:0:0:0:1', 'fe80::1%eth0'),
)
const anyClient: fc.Arbitrary<Client> = fc.record({
  consumer: fc.option(fc.constantFrom(...CALLERS)),
  ip: address,
  header: fc.option(fieldText),
  cookie: fieldText.map((text) => `c${text.replaceAll(';', ',')}`),
})

/** What the proxy decides for a request of that client, read from its bytes. */
function proxyDecision({ consumer, ip, header, cookie }: Client) {
  // Nobody has a key of the consumer that stands for those without one.
  const key =
    consumer === null || consumer === 'guest' ? [] : ['apikey', bytes(`key-of-${consumer}`)]
  const verdict = parseHead(
    {
      method: 'GET',
      target: '/',
      httpVersion: '1.1',
      rawHeaders: [
        ...['Host', 'shop.test', ...key],
        ...(header === null ? [] : ['X-User', bytes(header)]),
        ...['Cookie', `a=1; sid=${bytes(cookie)}`],
      ],
      peerAddress: ip,
      listenerPort: 8000,
      isTls: false,
      serverName: null,
    },
    trust,
    LIMITS,
  )
  if (verdict.kind !== 'request') throw new Error('the proxy would refuse this request')
  const moment = { now: admin.clock.nowMs, draws: createDraws(), health }
  const choice = choose(live.runtime, verdict.request, moment)
  if (choice.kind !== 'forward') throw new Error('the proxy would not forward it')
  return choice
}

/** Text as the HTTP parser hands a field value over: blanks cut off, one character per byte. */
function bytes(text: string): string {
  return Buffer.from(text.replace(/^[ \t]+|[ \t]+$/g, '')).toString('latin1')
}

function hasControls(text: string): boolean {
  return (
    [...text].some((character) => character < ' ' && character !== '\t') || text.includes('\u007f')
  )
}

function question(client: Client, config: { hash: string; canary_by_header_name: string | null }) {
  const query = new URLSearchParams({ ip: client.ip })
  if (client.consumer !== null) query.set('consumer', client.consumer)
  const isHeaderRead = config.hash === 'header' || config.canary_by_header_name === 'X-User'
  if (client.header !== null && isHeaderRead) query.set('header', `X-User:${client.header}`)
  if (config.hash === 'cookie') query.set('cookie', client.cookie)
  return `/services/shop/canary/decision?${query}`
}

describe('the decision that the Admin API tells', () => {
  it('is the one that the proxy takes, to the bucket, for every sort of hash', async () => {
    const property = fc.asyncProperty(anyConfig, fc.array(anyClient, { minLength: 8 }), ask)
    await fc.assert(property, { numRuns: 60 })
  })

  async function ask(given: GivenConfig, clients: readonly Client[]) {
    const config = { ...given, hash_header: 'X-User', hash_cookie: 'sid', upstream_uri: '/v2' }
    const patched = await admin.call('PATCH', `/plugins/${pluginId}`, { json: { config } })
    expect(patched.status).toBe(200)
    for (const client of clients) {
      const told = await admin.call('GET', question(client, config))
      const { decision, identity } = proxyDecision(client)
      const { hash } = decision
      const isText = hash?.source === 'header' || hash?.source === 'cookie'
      const key = hash?.key ?? null
      expect([told.status, told.json]).toMatchObject([
        200,
        {
          variant: decision.variant,
          rule: decision.rule,
          key: key !== null && isText ? Buffer.from(key, 'latin1').toString() : key,
          key_source: hash?.source ?? null,
          salt: hash?.salt ?? null,
          bucket: hash?.bucket ?? null,
          threshold: hash?.threshold ?? null,
          consumer: { id: identity.consumer?.id, anonymous: identity.isAnonymous },
        },
      ])
    }
  }
})
