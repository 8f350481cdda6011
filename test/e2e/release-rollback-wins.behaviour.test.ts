import { expect, it, onTestFinished } from 'vitest'
import { AUTHOR } from '../support/store-rows.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const HOUR_MS = 3_600_000

interface Shown {
  readonly phase: string
  readonly share_percent: number
  readonly recorded: boolean
  readonly reason: string | null
}

/** A release with half of the traffic on the canary, whose database takes nothing until it is unlocked. */
async function halfwayAndLocked(document: object = {}) {
  const gateway = await startTestGateway()
  onTestFinished(() => gateway.stop())
  await gateway.admin('POST', '/services', { name: 'shop', url: 'http://127.0.0.1:9' })
  await gateway.admin('POST', '/releases', {
    name: 'shop-v2',
    service: 'shop',
    canary: { upstream_host: '127.0.0.2' },
    steps: [{ percentage: 50, hold: '1d' }],
    ...document,
  })
  return { gateway, unlock: lock(gateway) }
}

/** Holds the database; returns what lets go of it. */
function lock(gateway: TestGateway): () => Promise<void> {
  let unlock: () => void = () => {}
  const lasting = new Promise<void>((resolve) => {
    unlock = resolve
  })
  const holder = gateway.store.change(
    AUTHOR,
    () => lasting,
    () => {},
  )
  const end = async () => {
    unlock()
    await holder
  }
  onTestFinished(end)
  return end
}

const release = ({ admin }: TestGateway) => admin<Shown>('GET', '/releases/shop-v2')

it('a rollback beats a promotion that waits for the database', async () => {
  const { gateway, unlock } = await halfwayAndLocked()
  const promotion = gateway.adminRaw('POST', '/releases/shop-v2/promote')
  const done = await until(
    () => gateway.adminRaw('POST', '/releases/shop-v2/rollback', { reason: 'errors' }),
    ({ status }) => status === 200,
  )
  expect(await done.json()).toMatchObject({ recorded: false })
  await unlock()
  expect((await promotion).status).toBe(409)
  const ended = await until(
    () => release(gateway),
    ({ recorded }) => recorded,
  )
  expect(ended).toMatchObject({ phase: 'rolled-back', share_percent: 0, reason: 'errors' })
  expect(await gateway.admin('GET', '/services/shop')).toMatchObject({ host: '127.0.0.1' })
})

it('a rollback by itself is served while the database is locked, and recorded when it is free', async () => {
  const { gateway, unlock } = await halfwayAndLocked({
    steps: [
      { percentage: 50 },
      { approval: { from: ['anna'], timeout: '1h', on_timeout: 'rollback' } },
    ],
  })
  gateway.advanceClock(2 * HOUR_MS)
  const served = await until(
    () => release(gateway),
    ({ phase }) => phase === 'rolled-back',
  )
  expect(served).toMatchObject({ share_percent: 0, recorded: false })
  await unlock()
  const ended = await until(
    () => release(gateway),
    ({ recorded }) => recorded,
  )
  expect(ended).toMatchObject({
    phase: 'rolled-back',
    reason: 'only 0 of 1 approvals came in time',
  })
})

it('a rollback by a ramp falls to 0 while the database is locked', async () => {
  const { gateway, unlock } = await halfwayAndLocked({
    rollback: { profile: 'ramp', over: '3s' },
    steps: [{ percentage: 50 }, { approval: {} }],
  })
  const done = await gateway.admin('POST', '/releases/shop-v2/rollback', { reason: 'errors' })
  expect(done).toMatchObject({
    recorded: false,
    message: 'it is being rolled back by its ramp',
    release: { phase: 'rolling-back', share_percent: 50, approvals: null },
  })
  const falling = await until(
    () => release(gateway),
    ({ share_percent }) => share_percent < 50,
  )
  expect(falling).toMatchObject({ phase: 'rolling-back', recorded: false })
  const fallen = await until(
    () => release(gateway),
    ({ share_percent }) => share_percent === 0,
  )
  expect(fallen).toMatchObject({ phase: 'rolled-back', recorded: false })
  await unlock()
  const ended = await until(
    () => release(gateway),
    ({ recorded, phase }) => recorded && phase === 'rolled-back',
  )
  expect(ended).toMatchObject({ share_percent: 0, reason: 'errors' })
})
