import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ObservedProcess, startObservedProcess } from '../chaos/gateway-process.ts'
import { runSlowCrowd } from '../chaos/slow-crowd.ts'

let gateway: ObservedProcess

beforeEach(async () => {
  gateway = await startObservedProcess()
}, 90_000)

afterEach(async () => {
  await gateway.stop()
  expect(gateway.complaints).toEqual([])
})

describe('a crowd of idle and dripping clients', () => {
  // How much longer the good client waits is measured by `npm run chaos`.
  it('does not keep a good one from its answers', { timeout: 120_000 }, async () => {
    const figures = await runSlowCrowd(gateway, { idle: 300, dripping: 100, asked: 100 })
    expect(figures.statuses).toEqual(Array(200).fill(200))
  })
})
