import { describe, expect, it } from 'vitest'
import { NO_ADDRESSES } from '../../src/balancing/dns/name-addresses.ts'
import { compileInlineUpstream } from '../../src/balancing/inline-upstream.ts'
import { inlineUpstreamId, inlineUpstreamsIn } from '../../src/model/inline-upstreams.ts'
import { OTHER_ID, parse, SOME_ID } from '../model/entity-input.ts'

function splitWith(items: readonly object[], fields: object = {}) {
  const config = { rules: [{}, { weighted_upstreams: items }] }
  return parse('plugins', { name: 'traffic-split', config, ...fields })
}

function compiled(upstream: object) {
  const plugin = splitWith([{ upstream: { nodes: { '10.0.0.1:80': 1 }, ...upstream } }])
  const [placed] = inlineUpstreamsIn(plugin)
  if (placed === undefined) throw new Error('no inline upstream')
  return compileInlineUpstream(placed, NO_ADDRESSES)
}

describe('inline upstreams of a plugin', () => {
  const item = { upstream: { nodes: [] } }

  it('are named by their place', () => {
    const ids = inlineUpstreamsIn(splitWith([{}, item, item])).map(({ id }) => id)
    expect(ids).toEqual([inlineUpstreamId(SOME_ID, 1, 1), inlineUpstreamId(SOME_ID, 1, 2)])
  })

  it.each([
    ['a disabled plugin', splitWith([item], { enabled: false })],
    ['items that name another upstream', splitWith([{ ...item, upstream_id: OTHER_ID }])],
    ['another plugin', parse('plugins', { name: 'key-auth' })],
    ['no plugin', undefined],
  ])('are none of %s', (_, plugin) => {
    expect(inlineUpstreamsIn(plugin)).toEqual([])
  })
})

describe('the peers', () => {
  it.each([
    [{ nodes: { 'a.test': 1 } }, ['a.test:80']],
    [{ nodes: { 'a.test': 1 }, scheme: 'https' }, ['a.test:443']],
    [{ nodes: { '[::1]': 1 } }, ['[0000:0000:0000:0000:0000:0000:0000:0001]:80']],
    [{ nodes: { '10.0.0.1:1': 0, '10.0.0.2:2': 5 } }, ['10.0.0.2:2']],
    [{ nodes: [] }, []],
  ])('of %j', (upstream, keys) => {
    expect(compiled(upstream).peers.map(({ key }) => key)).toEqual(keys)
  })

  it('are one for nodes at one address, with the last weight', () => {
    const node = { host: '10.0.0.1', weight: 1 }
    const { allPeers } = compiled({ nodes: [node, { ...node, port: 80, weight: 7 }] })
    expect(allPeers.map(({ key, weight }) => [key, weight])).toEqual([['10.0.0.1:80', 7]])
  })
})

describe('the algorithm', () => {
  it.each([
    ['roundrobin', 'round-robin'],
    ['least_conn', 'least-connections'],
    ['ewma', 'latency'],
  ])('of %s', (type, algorithm) => {
    expect(compiled({ type })).toMatchObject({ algorithm, hashing: null })
  })

  it.each([
    [{ key: 'remote_addr' }, { on: { kind: 'ip' }, fallback: { kind: 'none' } }],
    [{ key: 'uri' }, { on: { kind: 'path' }, fallback: { kind: 'none' } }],
    [{ key: 'arg_u' }, { on: { kind: 'query_arg', name: 'u' }, fallback: { kind: 'ip' } }],
    [{ hash_on: 'consumer' }, { on: { kind: 'consumer' }, fallback: { kind: 'ip' } }],
    [
      { hash_on: 'header', key: 'X-User' },
      { on: { kind: 'header', name: 'x-user' }, fallback: { kind: 'ip' } },
    ],
    [
      { hash_on: 'cookie', key: 'sid' },
      { on: { kind: 'cookie', name: 'sid', path: '/' }, fallback: { kind: 'none' } },
    ],
  ])('of chash with %j', (hashing, plan) => {
    const { algorithm, hashing: found } = compiled({ type: 'chash', ...hashing })
    expect([algorithm, found?.plan]).toEqual(['consistent-hashing', plan])
  })
})

describe('the checks', () => {
  it('are off by default', () => {
    expect(compiled({}).health).toMatchObject({ active: null, passive: null })
  })

  it('have the defaults of APISIX', () => {
    const { active, passive } = compiled({ checks: { active: {}, passive: {} } }).health
    expect(active).toMatchObject({
      healthyEveryMs: 1000,
      unhealthyEveryMs: 1000,
      limits: { successes: 2, httpFailures: 5, tcpFailures: 2, timeouts: 3 },
      probe: { type: 'http', path: '/', serverName: null, timeoutMs: 1000, concurrency: 10 },
    })
    expect(passive?.limits).toEqual({
      successes: 5,
      httpFailures: 5,
      tcpFailures: 2,
      timeouts: 7,
    })
  })

  it('probe as they say', () => {
    const active = {
      type: 'https',
      host: 'probe.test',
      http_path: '/up',
      req_headers: ['X-A: 1', 'x-a: 2'],
      https_verify_certificate: false,
    }
    expect(compiled({ checks: { active } }).health.active?.probe).toMatchObject({
      type: 'https',
      path: '/up',
      serverName: 'probe.test',
      verifiesTls: false,
      fields: { 'x-a': ['1', '2'], host: ['probe.test'] },
    })
  })
})

it('sends upstream_host with pass_host rewrite only', () => {
  const host = { upstream_host: 'b.test' }
  expect(compiled({ ...host, pass_host: 'rewrite' }).hostHeader).toBe('b.test')
  expect(compiled({ ...host, pass_host: 'node' }).hostHeader).toBeNull()
})
