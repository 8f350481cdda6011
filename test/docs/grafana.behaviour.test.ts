import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configureService, configureUpstream } from '../support/configure.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { startTestGateway } from '../support/test-gateway.ts'

test('the dashboard asks for metrics that the gateway has', async () => {
  const file = new URL('../../deploy/grafana/canary-gateway.json', import.meta.url)
  const dashboard = JSON.parse(readFileSync(file, 'utf8')) as {
    panels: { targets: { expr: string }[] }[]
  }
  const asked = dashboard.panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\bcanary_\w+/g) ?? []),
  )
  expect(asked.length).toBeGreaterThan(8)
  const gateway = await startTestGateway()
  await configureUpstream(gateway, 'shop.v1', { '127.0.0.1:1': 1 })
  await gateway.admin('PATCH', '/upstreams/shop.v1', {
    healthchecks: { passive: { unhealthy: { tcp_failures: 1 } } },
  })
  await configureService(gateway, 80, { service: { host: 'shop.v1', retries: 1 } })
  const client = await KeepAliveClient.connect(gateway.proxyPort)
  await client.ask('/')
  client.close()
  const text = await (await gateway.adminRaw('GET', '/metrics')).text()
  for (const name of asked) expect(text).toContain(`# TYPE ${name.replace(/_bucket$/, '')} `)
  await gateway.stop()
})
