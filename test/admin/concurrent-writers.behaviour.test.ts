import { afterEach, beforeEach, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

const WRITERS = 10

let gateway: TestGateway
let upstream: TestUpstream
beforeEach(async () => {
  gateway = await startTestGateway()
  upstream = await startUpstream('v1')
  await configureService(gateway, upstream.port)
})
afterEach(async () => {
  await gateway.stop()
  await upstream.close()
  expect(gateway.logged).toEqual([])
})

function inParallel<T>(work: (writer: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: WRITERS }, (_, writer) => work(writer)))
}

async function statusOf(method: string, path: string, body?: object): Promise<number> {
  const answer = await gateway.adminRaw(method, path, body)
  await answer.body?.cancel()
  return answer.status
}

interface AuditPage {
  readonly data: readonly { readonly version: number; readonly action: string }[]
}

it('ten clients write one name: one of them gets it', async () => {
  for (let round = 0; round < 10; round += 1) {
    const statuses = await inParallel(() =>
      statusOf('POST', '/upstreams', { name: `upstream-${round}` }),
    )
    expect(statuses.toSorted()).toEqual([201, ...Array(WRITERS - 1).fill(409)])
  }
})

it('ten clients put one name: one entity, and everybody is answered with it', async () => {
  const made = await inParallel((writer) =>
    gateway.admin<{ id: string }>('PUT', '/consumers/bob', { custom_id: `${writer}` }),
  )
  expect(new Set(made.map(({ id }) => id)).size).toBe(1)
})

it('ten clients change different fields of one plugin: no change is lost', async () => {
  await gateway.admin('POST', '/services/shop/plugins', {
    name: 'canary',
    instance_name: 'shop-v2',
    config: { upstream_host: 'v2.test' },
  })
  const fields = [
    { percentage: 12.5 },
    { steps: 80 },
    { hash: 'ip' },
    { groups: ['a'] },
    { always_groups: ['b'] },
    { never_groups: ['c'] },
    { salt: 'salt' },
    { upstream_port: 81 },
    { upstream_uri: '/v2' },
    { canary_by_header_name: 'X-Canary' },
  ]
  await inParallel((writer) =>
    gateway.admin('PATCH', '/plugins/shop-v2', { config: fields[writer] }),
  )
  const { config } = await gateway.admin<{ config: object }>('GET', '/plugins/shop-v2')
  expect(config).toMatchObject(Object.assign({}, ...fields))
  expect(await gateway.admin('GET', '/services/shop/canary')).toMatchObject({
    config,
    share_percent: 12.5,
  })
})

it('ten clients add, change and delete: every change is one version, and each is served before its answer', async () => {
  const { configuration_version: before } = await gateway.admin<Record<string, number>>(
    'GET',
    '/status',
  )
  await inParallel(async (writer) => {
    const client = await KeepAliveClient.connect(gateway.proxyPort)
    const host = { host: `writer-${writer}.test` }
    const route = `/routes/route-${writer}`
    for (let round = 0; round < 15; round += 1) {
      const methods = ['POST']
      await gateway.admin('PUT', route, { hosts: [host.host], methods, service: { name: 'shop' } })
      expect((await client.ask('/none', { host: 'none.test' })).status).toBe(200)
      expect((await client.ask('/', host)).status).toBe(200)
      await gateway.admin('PATCH', route, { methods: ['GET'], service: null })
      expect((await client.ask('/', host)).status).toBe(503)
      await gateway.admin('DELETE', route)
      expect((await client.ask('/', host)).status).toBe(200)
    }
    client.close()
  })
  const changes = WRITERS * 15 * 3
  const { data } = await gateway.admin<AuditPage>('GET', '/audit?size=1000')
  const versions = data.slice(0, changes).map(({ version }) => version)
  expect(versions).toEqual(Array.from({ length: changes }, (_, n) => (before ?? 0) + changes - n))
})
