import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { AccessEntry } from '../../src/metrics/access-entry.ts'
import { RequestMetrics } from '../../src/metrics/request-metrics.ts'

const ENTRY: AccessEntry = {
  at: 0,
  requestId: '0'.repeat(32),
  client: '127.0.0.1',
  method: 'GET',
  host: 'shop.test',
  path: '/',
  status: 200,
  route: null,
  service: null,
  variant: null,
  rule: null,
  split: null,
  target: null,
  consumer: null,
  tries: 1,
  totalMs: 1,
  upstreamMs: null,
  reason: null,
  fallback: null,
}

test('services beyond a bound share one label, and none is forgotten', async () => {
  const registry = new Registry()
  const metrics = new RequestMetrics(registry)
  for (let i = 0; i < 5_000; i += 1) metrics.record({ ...ENTRY, service: `service-${i}` })
  metrics.record({ ...ENTRY, service: 'service-7' })
  const { values = [] } = (await registry.getSingleMetric('canary_requests_total')?.get()) ?? {}
  expect(values.length).toBeLessThan(2_010)
  expect(values.reduce((sum, { value }) => sum + value, 0)).toBe(5_001)
  expect(values.find(({ labels }) => labels.service === 'service-7')?.value).toBe(2)
  expect(values.find(({ labels }) => labels.service === 'other')?.value).toBeGreaterThan(2_900)
})

test('variants of a service beyond a bound share one label', async () => {
  const registry = new Registry()
  const metrics = new RequestMetrics(registry)
  for (let i = 0; i < 80; i += 1) {
    metrics.record({ ...ENTRY, service: 'shop', variant: `split:${i}` })
  }
  const { values = [] } = (await registry.getSingleMetric('canary_requests_total')?.get()) ?? {}
  expect(values).toHaveLength(51)
  expect(values.find(({ labels }) => labels.variant === 'other')?.value).toBe(30)
})
