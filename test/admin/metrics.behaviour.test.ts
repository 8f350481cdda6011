import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService, configureUpstream } from '../support/configure.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { readMetrics } from '../support/read-metrics.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { deadPort, startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream

beforeEach(async () => {
  gateway = await startTestGateway()
  upstream = await startUpstream('v1', (request, response) => {
    response.statusCode = request.url === '/sick' ? 503 : 200
    response.end('v1')
  })
})

afterEach(async () => {
  await gateway.stop()
  await upstream.close()
})

async function ask(...paths: string[]): Promise<void> {
  const client = await KeepAliveClient.connect(gateway.proxyPort)
  for (const path of paths) await client.ask(path)
  client.close()
}

describe('GET /metrics', () => {
  it('counts requests by service, variant and status, and how long they took', async () => {
    const { serviceId } = await configureService(gateway, upstream.port)
    await ask('/', '/', '/sick')
    await gateway.admin('POST', '/plugins', {
      name: 'canary',
      service: { id: serviceId },
      config: { upstream_port: upstream.port, percentage: 100 },
    })
    await ask('/')
    const found = await readMetrics(gateway)
    const requests = (variant: string, status: number) =>
      found.get(`canary_requests_total{service="shop",variant="${variant}",status="${status}"}`)
    expect([requests('primary', 200), requests('primary', 503), requests('canary', 200)]).toEqual([
      2, 1, 1,
    ])
    const of = '{service="shop",variant="primary"}'
    expect(found.get(`canary_request_duration_seconds_count${of}`)).toBe(3)
    expect(found.get(`canary_upstream_latency_seconds_count${of}`)).toBe(3)
  })

  it('counts what failed, and what was tried again', async () => {
    await configureService(gateway, await deadPort(), { service: { retries: 2 } })
    await ask('/')
    await gateway.admin('DELETE', '/routes/shop')
    await ask('/')
    const found = await readMetrics(gateway)
    const failures = (service: string, variant: string, reason: string) =>
      found.get(
        `canary_request_failures_total{service="${service}",variant="${variant}",reason="${reason}"}`,
      )
    expect(failures('shop', 'primary', 'refused')).toBe(1)
    expect(failures('none', 'none', 'no-route')).toBe(1)
    expect(found.get('canary_upstream_retries_total{service="shop",variant="primary"}')).toBe(2)
  })

  it('tells the version of the configuration, the connections, and the health of targets', async () => {
    await configureUpstream(gateway, 'shop.v1', { [upstream.address]: 100 })
    const before = await readMetrics(gateway)
    expect([...before.keys()].filter((series) => series.startsWith('canary_target'))).toEqual([])
    await gateway.admin('PATCH', '/upstreams/shop.v1', {
      healthchecks: { active: { healthy: { interval: 3600 }, unhealthy: { interval: 3600 } } },
    })
    await gateway.admin('PUT', `/upstreams/shop.v1/targets/${upstream.address}/unhealthy`)
    const client = await KeepAliveClient.connect(gateway.proxyPort)
    await client.ask('/')
    const found = await readMetrics(gateway)
    client.close()
    const target = `{upstream="shop.v1",target="${upstream.address}"}`
    expect(found.get(`canary_target_healthy${target}`)).toBe(0)
    expect(found.get('canary_upstream_panic{upstream="shop.v1"}')).toBe(0)
    const takenOut = (by: string) =>
      found.get(`canary_target_ejections_total{upstream="shop.v1",by="${by}"}`)
    expect(['operator', 'probes', 'traffic'].map(takenOut)).toEqual([1, 0, 0])
    expect(found.get('canary_client_connections{state="active"}')).toBe(1)
    expect(found.get('canary_requests_in_flight')).toBe(0)
    const versions = [before, found].map((each) => each.get('canary_config_version'))
    expect((versions[1] ?? 0) - (versions[0] ?? 0)).toBe(1)
  })
})
