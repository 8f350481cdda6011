import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { configureService } from '../../support/configure.ts'
import { startDns, type TestDns } from '../../support/dns-server.ts'
import { KeepAliveClient } from '../../support/keep-alive-client.ts'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../../support/test-upstream.ts'

let dns: TestDns
let upstream: TestUpstream
let folder: string

beforeEach(async () => {
  dns = await startDns({ 'shop.test': { A: ['127.0.0.1'] } })
  upstream = await startUpstream('v1')
  folder = mkdtempSync(join(tmpdir(), 'names-'))
  const gateway = await started()
  await configureService(gateway, upstream.port, { service: { host: 'shop.test' } })
  await gateway.stop()
})

afterEach(async () => {
  await upstream.close()
  await dns.close()
  rmSync(folder, { recursive: true })
})

function started(): Promise<TestGateway> {
  return startTestGateway({
    database: `sqlite:${join(folder, 'canary.db')}`,
    settings: { dns_resolvers: dns.address },
  })
}

it('waits at the start for the addresses of the names that are stored', async () => {
  const gateway = await started()
  const client = await KeepAliveClient.connect(gateway.proxyPort)
  expect((await client.ask('/')).body).toBe('v1')
  client.close()
  expect(gateway.entries[0]?.target).toBe(`shop.test:${upstream.port}/127.0.0.1`)
  await gateway.stop()
})

it('starts without them when no server answers', async () => {
  dns.mood = 'silent'
  const gateway = await started()
  expect((await gateway.adminRaw('GET', '/status')).status).toBe(200)
  expect(gateway.warned).toEqual([])
  await gateway.stop()
})
