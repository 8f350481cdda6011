import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../support/until.ts'
import { type GateAnswer, type GateWorld, say, startGateWorld } from './gate-world.ts'

const SECRET = 'a-secret-of-the-gate'
const HUGE_BYTES = 100 * 1024 * 1024
const MOST_SENT_BYTES = 16 * 1024 * 1024

let world: GateWorld
let sentBytes = 0
let count = 0

beforeAll(async () => {
  world = await startGateWorld()
})
afterAll(async () => {
  await world.close()
  expect(world.gateway.logged).toEqual([])
})

/** Sends 100 MB as fast as they are taken, and counts what was. */
const huge =
  (status: number): GateAnswer =>
  (response) => {
    const chunk = Buffer.alloc(64 * 1024, 'x')
    sentBytes = 0
    response.writeHead(status, { 'content-length': HUGE_BYTES })
    response.on('error', () => {})
    const go = () => {
      while (sentBytes < HUGE_BYTES && !response.destroyed) {
        sentBytes += chunk.length
        if (!response.write(chunk)) {
          response.once('drain', go)
          return
        }
      }
    }
    go()
  }

const redirect: GateAnswer = (response) =>
  response.writeHead(302, { location: world.gateUrl('elsewhere') }).end()
const hang: GateAnswer = () => {}
const drip: GateAnswer = (response) => response.writeHead(200).write('y')

/** Puts a gate that answers like this before the second step, and gives the release once the first is served. */
async function heldUp(answer: GateAnswer, fields: object = {}) {
  count += 1
  const gate = `bad-${count}`
  world.answers.set(gate, answer)
  const asked = { url: world.gateUrl(gate), secret: SECRET, retries: 0 }
  const { path, service } = await world.release({
    steps: [{ percentage: 50 }, { gate: { ...asked, ...fields } }, { percentage: 100, hold: '1h' }],
  })
  return { gate, path, service }
}

const gateDeliveries = async (path: string) =>
  until(
    () => world.deliveries(path),
    ({ length }) => length > 0,
  )

async function expectServing(service: string) {
  const answers = await Promise.all(Array.from({ length: 20 }, () => world.servedBy(service)))
  expect(answers.filter((name) => name !== 'primary' && name !== 'canary')).toEqual([])
}

describe.each([
  ['hangs', hang, '200ms', null, 'no complete answer within 200 ms'],
  ['stops in the middle of its answer', drip, '200ms', null, 'no complete answer within 200 ms'],
  ['answers 500', say(500, 'broken'), '1m', 500, 'answered 500: broken'],
  ['redirects', redirect, '1m', 302, 'answered 302, and redirects are not followed'],
  ['refuses with 100 MB', huge(403), '1m', 403, 'answered 403: xxx'],
] as const)('a gate that %s', (_, answer, timeout, status, detail) => {
  it('holds the release where it is; traffic goes on, and a rollback works at once', async () => {
    const { path, service } = await heldUp(answer, { timeout })
    const [delivery] = await gateDeliveries(path)
    expect(delivery).toMatchObject({ kind: 'gate', status, accepted: false, attempt: 1 })
    expect(delivery?.detail).toContain(detail)
    const held = await world.untilRelease(path, ({ history }) =>
      history.some(({ type }) => type === 'gate-refused'),
    )
    expect(held).toMatchObject({ phase: 'waiting', waiting_for: 'gate', share_percent: 50 })
    await expectServing(service)

    expect(await world.gateway.admin('POST', `${path}/rollback`, {})).toMatchObject({
      recorded: true,
      release: { phase: 'rolled-back', share_percent: 0 },
    })
    expect(await world.servedBy(service)).toBe('primary')
    expect(world.asked('elsewhere')).toEqual([])

    const shown = JSON.stringify([await world.deliveries(path), await world.show(path)])
    expect(shown).not.toContain(SECRET)
    expect(shown.length).toBeLessThan(20_000)
  })
})

it('a yes of 100 MB is a yes, and little of it is read', async () => {
  const { path } = await heldUp(huge(200))
  await world.untilRelease(path, ({ share_percent }) => share_percent === 100)
  expect(sentBytes).toBeLessThan(MOST_SENT_BYTES)
  const [delivery] = await gateDeliveries(path)
  expect(delivery).toMatchObject({ status: 200, accepted: true })
  expect(delivery?.detail.length).toBeLessThan(1_100)
})

it('a rollback does not wait for a gate that may take ten minutes to answer', async () => {
  const { gate, path, service } = await heldUp(hang, { timeout: '10m' })
  await until(
    () => world.asked(gate),
    ({ length }) => length === 1,
  )
  expect(await world.show(path)).toMatchObject({
    waiting_for: 'gate',
    reason: 'step 2 is being asked',
  })
  await expectServing(service)
  expect(await world.gateway.admin('POST', `${path}/rollback`, {})).toMatchObject({
    recorded: true,
    release: { phase: 'rolled-back' },
  })
  expect(await world.servedBy(service)).toBe('primary')
})

it('a gate that answers 500 is asked again as often as it says, and each try is shown', async () => {
  const { gate, path } = await heldUp(say(500), { retries: 2 })
  const tries = await until(
    () => world.deliveries(path),
    ({ length }) => length === 3,
  )
  expect(tries.map(({ attempt }) => attempt)).toEqual([3, 2, 1])
  const keys = world.asked(gate).map(({ headers }) => headers['idempotency-key'])
  expect([keys.length, new Set(keys).size]).toEqual([3, 1])
})
