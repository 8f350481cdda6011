import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { until } from '../../support/until.ts'
import { type GateWorld, say, startGateWorld } from './gate-world.ts'

const SECRET = 'a-secret-of-the-gate'

let world: GateWorld
let gateName = ''
let count = 0

beforeAll(async () => {
  world = await startGateWorld()
})
afterAll(async () => {
  await world.close()
  expect(world.gateway.logged).toEqual([])
})
beforeEach(() => {
  count += 1
  gateName = `gate-${count}`
})

const gate = (type: string, fields: object = {}) => ({
  name: gateName,
  type,
  url: world.gateUrl(gateName),
  secret: SECRET,
  retries: 0,
  interval: '1s',
  ...fields,
})
const no = (text = 'not yet') => world.answers.set(gateName, say(403, text))
const yes = () => world.answers.set(gateName, say(200))
const questions = () => world.asked(gateName).map(({ body }) => JSON.parse(body))
const noticesOf = (chat: string) => world.asked(chat).map(({ body }) => JSON.parse(body).notice)
const isWaitingForGate = ({ waiting_for }: { waiting_for: string | null }) => waiting_for === 'gate'
const portOf = async (service: string) =>
  (await world.gateway.admin<{ host: string; port: number }>('GET', `/services/${service}`)).port

it('confirm-rollout: a release does not start before its yes', async () => {
  no('tests are red')
  const { path } = await world.release({
    gates: [gate('confirm-rollout')],
    steps: [{ percentage: 100, hold: '1h' }],
  })
  const held = await world.untilRelease(path, ({ history }) =>
    history.some(({ type }) => type === 'gate-refused'),
  )
  expect(held).toMatchObject({ phase: 'scheduled', waiting_for: 'gate', share_percent: 0 })
  expect(held.reason).toContain('tests are red')
  expect(questions()[0]).toMatchObject({ phase: 'Waiting', weight: 0, step: null })
  yes()
  await world.untilRelease(path, ({ share_percent }) => share_percent === 100)
})

it('pre-rollout: asked before the first traffic, and then no more', async () => {
  no()
  const { path, service } = await world.release({
    gates: [gate('pre-rollout')],
    steps: [{ percentage: 50 }, { percentage: 100, hold: '1h' }],
  })
  await world.untilRelease(path, isWaitingForGate)
  expect(await world.servedBy(service)).toBe('primary')
  expect((await world.show(path)).share_percent).toBe(0)
  yes()
  await world.untilRelease(path, ({ share_percent }) => share_percent === 100)
  expect(await world.servedBy(service)).toBe('canary')
  const { history } = await world.show(path)
  expect(history.filter(({ type }) => type === 'gate-passed')).toHaveLength(1)
})

it('rollout: refusals are counted, and the last that is borne rolls back', async () => {
  no('errors')
  const chat = `chat-${count}`
  const { path, service } = await world.release({
    gates: [gate('rollout', { threshold: 2 })],
    steps: [{ percentage: 100, hold: '1h' }],
    notify: [{ url: world.gateUrl(chat), on: ['waiting', 'rollback'] }],
  })
  const back = await world.untilRelease(path, ({ phase }) => phase === 'rolled-back')
  expect(back.reason).toContain(`gate ${gateName}, refusal 2 of 2: answered 403: errors`)
  expect(questions()).toHaveLength(2)
  await until(
    () => noticesOf(chat),
    ({ length }) => length > 0,
  )
  expect(noticesOf(chat)).toEqual(['rollback'])
  expect(await world.servedBy(service)).toBe('primary')
})

it('confirm-traffic-increase: asked before each increase, with the share until then', async () => {
  const { path } = await world.release({
    gates: [gate('confirm-traffic-increase')],
    steps: [{ percentage: 10 }, { percentage: 50 }, { percentage: 100, hold: '1h' }],
  })
  await world.untilRelease(path, ({ share_percent }) => share_percent === 100)
  expect(questions().map(({ weight }) => weight)).toEqual([0, 10, 50])
  const all = world.asked(gateName).map(({ headers }) => headers['idempotency-key'])
  expect(new Set(all).size).toBe(3)
})

it('confirm-promotion: the service stays where it is until its yes', async () => {
  no()
  const { path, service } = await world.release({
    gates: [gate('confirm-promotion')],
    steps: [{ percentage: 100 }],
  })
  const held = await world.untilRelease(path, isWaitingForGate)
  expect(held.phase).toBe('promoting')
  const before = await portOf(service)
  yes()
  await world.untilRelease(path, ({ phase }) => phase === 'succeeded')
  expect(await portOf(service)).not.toBe(before)
  expect(questions()[0]).toMatchObject({ phase: 'WaitingPromotion', weight: 100 })
})

it('rollback: a yes takes all back, also while the release is paused; a no does nothing', async () => {
  no()
  const { path, service } = await world.release({
    gates: [gate('rollback')],
    steps: [{ percentage: 100, hold: '1h' }],
  })
  await until(questions, ({ length }) => length > 0)
  expect(await world.servedBy(service)).toBe('canary')
  await world.gateway.admin('POST', `${path}/pause`)
  world.answers.set(gateName, say(200, 'alarm'))
  const back = await world.untilRelease(path, ({ phase }) => phase === 'rolled-back')
  expect(back.reason).toBe(`gate ${gateName}: answered 200: alarm`)
  expect(await world.servedBy(service)).toBe('primary')
})

it('post-rollout: told once at the end, and whatever it says changes nothing', async () => {
  world.answers.set(gateName, say(500, 'broken'))
  const chat = `chat-${count}`
  const { path } = await world.release({
    gates: [gate('post-rollout')],
    steps: [{ percentage: 100 }],
    notify: [{ url: world.gateUrl(chat) }],
  })
  const ended = await world.untilRelease(path, ({ history }) =>
    history.some(({ type }) => type === 'gate-refused'),
  )
  expect(ended.phase).toBe('succeeded')
  expect(questions()).toHaveLength(1)
  expect(questions()[0]).toMatchObject({ phase: 'Succeeded' })
  await until(
    () => noticesOf(chat),
    (notices) => notices.includes('succeeded'),
  )
  expect(noticesOf(chat)).not.toContain('waiting')
  const [told] = await until(
    async () => (await world.deliveries(path)).filter(({ kind }) => kind === 'gate'),
    ({ length }) => length > 0,
  )
  expect(told).toMatchObject({ name: gateName, status: 500, accepted: false })
})
