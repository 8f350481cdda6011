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

test('a scrape and `get` tell how long requests took, in buckets that include those below', async () => {
  const registry = new Registry()
  const metrics = new RequestMetrics(registry)
  for (const totalMs of [0.4, 0.5, 3, 61_000]) {
    metrics.record({ ...ENTRY, service: 'shop', variant: 'canary', totalMs, upstreamMs: 1 })
  }
  const text = await registry.metrics()
  const bucket = (le: string) =>
    text.match(
      new RegExp(
        `^canary_request_duration_seconds_bucket\\{le="${le.replace('+', '\\+')}",service="shop",variant="canary"\\} (\\d+)$`,
        'm',
      ),
    )?.[1]
  expect(['0.0005', '0.001', '0.0025', '0.005', '60', '+Inf'].map(bucket)).toEqual([
    '2',
    '2',
    '2',
    '3',
    '3',
    '4',
  ])
  expect(text).toMatch(
    /^canary_request_duration_seconds_sum\{service="shop",variant="canary"\} 61\.0039$/m,
  )
  expect(text).toMatch(
    /^canary_upstream_latency_seconds_count\{service="shop",variant="canary"\} 4$/m,
  )
  const { values = [] } =
    (await registry.getSingleMetric('canary_request_duration_seconds')?.get()) ?? {}
  expect(values.at(-1)).toMatchObject({ labels: { service: 'shop', variant: 'canary' }, value: 4 })
})

test('what was counted between scrapes is added up', async () => {
  const registry = new Registry()
  const metrics = new RequestMetrics(registry)
  for (const expected of [1, 2, 3]) {
    metrics.record({ ...ENTRY, service: 'shop' })
    expect(await registry.metrics()).toContain(
      `canary_requests_total{service="shop",variant="none",status="200"} ${expected}\n`,
    )
  }
})
