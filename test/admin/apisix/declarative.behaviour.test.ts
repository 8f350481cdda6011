import { expect, it } from 'vitest'
import { type ApisixAdmin, startApisixAdmin } from './apisix-admin.ts'

const NODES = { nodes: { '127.0.0.1:1980': 1 } }

const CONFIGURATIONS = [
  ['/upstreams/1', NODES],
  ['/upstreams/2', NODES],
  ['/services/1', { name: 's', upstream: NODES }],
  ['/services/2', { upstream_id: '1' }],
  [
    '/plugin_configs/1',
    { plugins: { 'traffic-split': { rules: [{ weighted_upstreams: [{ upstream_id: '2' }] }] } } },
  ],
  ['/routes/1', { uri: '/1', upstream_id: '1' }],
  ['/routes/2', { uri: '/2', upstream: NODES }],
  ['/routes/3', { uri: '/3', service_id: '1', plugin_config_id: '1' }],
  ['/consumers/c', { plugins: { 'key-auth': { key: 'k' } } }],
] as const

async function writeAll(admin: ApisixAdmin): Promise<void> {
  for (const [path, body] of CONFIGURATIONS) {
    const { status, text } = await admin.apisix('PUT', path, body)
    expect(status, text).toBe(201)
  }
}

const dump = async (admin: ApisixAdmin) => (await admin.call('GET', '/config')).json

async function apply(admin: ApisixAdmin, json: object): Promise<void> {
  const { status, text } = await admin.call('POST', '/config', { json })
  expect(status, text).toBeLessThan(300)
}

it('what was written in the dialect of APISIX is dumped, deleted, and applied to an empty gateway', async () => {
  const admin = await startApisixAdmin()
  await writeAll(admin)
  const file = await dump(admin)
  await apply(admin, { _format_version: '3.0' })
  expect(admin.snapshot().tables.upstreams.size).toBe(0)
  await apply(admin, file)
  expect(await dump(admin)).toEqual(file)
  expect((await admin.apisix('GET', '/routes/2')).json.value).toMatchObject({
    uri: '/2',
    upstream: NODES,
  })
  await admin.close()
})
