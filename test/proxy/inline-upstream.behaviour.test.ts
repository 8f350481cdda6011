import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeAuthority } from '../support/make-certificates.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startTlsUpstream, startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let own: TestUpstream
let upstreams: TestUpstream[]

beforeEach(async () => {
  gateway = await startTestGateway()
  own = await startUpstream('own')
  upstreams = [own]
  await gateway.admin('PUT', '/services/shop', { host: '127.0.0.1', port: own.port, path: '/v1' })
  await gateway.admin('PUT', '/services/shop/routes/all', { paths: ['/'] })
})

afterEach(async () => {
  await gateway.stop()
  await Promise.all(upstreams.map((upstream) => upstream.close()))
  expect(gateway.logged).toEqual([])
})

async function started(upstream: Promise<TestUpstream>): Promise<TestUpstream> {
  const running = await upstream
  upstreams.push(running)
  return running
}

const rulesWith = (upstream: object) => [{ weighted_upstreams: [{ upstream }] }]

function use(upstream: object): Promise<{ id: string }> {
  const config = { rules: rulesWith(upstream) }
  return gateway.admin('POST', '/services/shop/plugins', { name: 'traffic-split', config })
}

async function ask(headers: Record<string, string> = {}, path = '/'): Promise<Response> {
  return fetch(`http://127.0.0.1:${gateway.proxyPort}${path}`, { headers })
}

const text = async (headers?: Record<string, string>, path?: string) =>
  (await ask(headers, path)).text()

/** Nothing listens there. */
const DEAD = '127.0.0.1:1'

describe('Host and path', () => {
  it.each([
    ['pass', {}, () => `127.0.0.1:${gateway.proxyPort}`],
    ['node', {}, (node: TestUpstream) => node.address],
    ['rewrite', { upstream_host: 'shop.internal' }, () => 'shop.internal'],
  ])('with pass_host %s', async (pass_host, others, expected) => {
    const node = await started(startUpstream('node'))
    await use({ nodes: { [node.address]: 1 }, pass_host, ...others })
    expect(await text({}, '/a?b=c')).toBe('node')
    expect(node.seen).toMatchObject([{ url: '/v1/a?b=c', headers: { host: expected(node) } }])
  })
})

describe('nodes', () => {
  it('share by weight, those of weight 0 get nothing', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => started(startUpstream(name))))
    await use({ nodes: { [a?.address ?? '']: 2, [b?.address ?? '']: 1, [c?.address ?? '']: 0 } })
    const found: string[] = []
    for (let i = 0; i < 6; i += 1) found.push(await text())
    expect(found.toSorted()).toEqual(['a', 'a', 'a', 'a', 'b', 'b'])
  })

  it('none: 503', async () => {
    await use({ nodes: {} })
    expect((await ask()).status).toBe(503)
  })

  it.each([
    ['header', { hash_on: 'header', key: 'X-User' }, (user: string) => ({ 'x-user': user })],
    ['cookie', { hash_on: 'cookie', key: 'user' }, (user: string) => ({ cookie: `user=${user}` })],
  ])('with chash on a %s keep a client', async (_, hashing, sent) => {
    const [a, b] = await Promise.all(['a', 'b'].map((name) => started(startUpstream(name))))
    await use({
      type: 'chash',
      ...hashing,
      nodes: { [a?.address ?? '']: 1, [b?.address ?? '']: 1 },
    })
    const users = Array.from({ length: 12 }, (_none, i) => `user-${i}`)
    const first = await Promise.all(users.map((user) => text(sent(user))))
    expect(new Set(first)).toEqual(new Set(['a', 'b']))
    expect(await Promise.all(users.map((user) => text(sent(user))))).toEqual(first)
  })

  it('that are dead are tried once each, and one that lives serves', async () => {
    const node = await started(startUpstream('node'))
    await use({ nodes: { [DEAD]: 100, [node.address]: 1 } })
    expect(await text()).toBe('node')
    expect(gateway.entries).toMatchObject([{ tries: 2, target: node.address }])
  })

  it('are tried once with retries 0', async () => {
    const node = await started(startUpstream('node'))
    await use({ nodes: { [DEAD]: 100, [node.address]: 1 }, retries: 0 })
    expect((await ask()).status).toBe(502)
    expect(gateway.entries).toMatchObject([{ tries: 1 }])
  })
})

it('keeps its own limits of time', async () => {
  const silent = await started(startUpstream('silent', () => {}))
  await use({ nodes: { [silent.address]: 1 }, timeout: { connect: 1, send: 1, read: 0.05 } })
  expect((await ask()).status).toBe(504)
})

describe('checks', () => {
  const active = { healthy: { interval: 1, successes: 1 }, unhealthy: { interval: 1 } }

  it('by traffic take a failing node out, and stay out while only weights change', async () => {
    const sick = await started(
      startUpstream('sick', (_request, response) => response.writeHead(500).end('sick')),
    )
    const [good, fine] = await Promise.all(
      ['good', 'fine'].map((name) => started(startUpstream(name))),
    )
    const passive = { unhealthy: { http_failures: 1, http_statuses: [500] } }
    const slow = { type: 'tcp', healthy: { interval: 3600 }, unhealthy: { interval: 3600 } }
    const upstream = (weight: number) => ({
      nodes: { [sick.address]: weight, [good?.address ?? '']: weight, [fine?.address ?? '']: 2 },
      checks: { active: slow, passive },
    })
    const { id } = await use(upstream(1))
    for (let i = 0; i < 6; i += 1) await text()
    expect(sick.seen).toHaveLength(1)
    await gateway.admin('PATCH', `/plugins/${id}`, { config: { rules: rulesWith(upstream(2)) } })
    for (let i = 0; i < 6; i += 1) await text()
    expect(sick.seen).toHaveLength(1)
  })

  it('by probes go to the nodes, and stop with the plugin', async () => {
    const node = await started(startUpstream('node'))
    const { id } = await use({
      nodes: { [node.address]: 1 },
      checks: {
        active: { ...active, http_path: '/health', host: 'probe.test', req_headers: ['X-A: b'] },
      },
    })
    await expect.poll(() => node.seen.length, { timeout: 30_000 }).toBeGreaterThan(0)
    expect(node.seen[0]).toMatchObject({
      url: '/health',
      headers: { host: 'probe.test', 'x-a': 'b' },
    })
    await gateway.admin('DELETE', `/plugins/${id}`)
    const metrics = await (await fetch(`${gateway.node.admin}/metrics`)).text()
    expect(metrics).not.toContain(`traffic-split/${id}`)
  })

  it('name the nodes in metrics', async () => {
    const node = await started(startUpstream('node'))
    const { id } = await use({ nodes: { [node.address]: 1 }, checks: { active } })
    const metrics = await (await fetch(`${gateway.node.admin}/metrics`)).text()
    expect(metrics).toContain(`upstream="traffic-split/${id}/0/0"`)
  })
})

describe('https', () => {
  it('verifies the certificate unless told otherwise', async () => {
    const root = await makeAuthority('root')
    const { cert, key } = await root.issue('127.0.0.1')
    const node = await started(startTlsUpstream('secure', { cert, key }))
    const upstream = { nodes: { [node.address]: 1 }, scheme: 'https', pass_host: 'node' }
    const { id } = await use(upstream)
    expect((await ask()).status).toBe(502)
    expect(gateway.entries).toMatchObject([{ reason: 'certificate-untrusted' }])
    const rules = rulesWith({ ...upstream, tls: { verify: false } })
    await gateway.admin('PATCH', `/plugins/${id}`, { config: { rules } })
    expect(await text()).toBe('secure')
  })
})

it('resolves names of nodes, and follows their hosts file', async () => {
  const node = await started(startUpstream('node'))
  await use({ nodes: [{ host: 'localhost', port: node.port, weight: 1 }] })
  expect(await text()).toBe('node')
  expect(gateway.entries[0]?.target).toContain(`localhost:${node.port}`)
})
