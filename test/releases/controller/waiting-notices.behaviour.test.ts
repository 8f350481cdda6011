import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'
import { until } from '../../support/until.ts'
import { startReceiver } from '../delivery/gate-server.ts'

type Receiver = Awaited<ReturnType<typeof startReceiver>>

interface Message {
  readonly notice: string
  readonly reason: string | null
  readonly step: { readonly index: number } | null
  readonly links: Readonly<Record<'approve' | 'reject' | 'rollback', string | null>>
}

let gateway: TestGateway
let chat: Receiver
let count = 0

beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(async () => {
  await gateway.stop()
  expect(gateway.logged).toEqual([])
})
beforeEach(async () => {
  chat = await startReceiver((response) => response.end())
})
afterEach(() => chat.close())

/** A release of a service of its own that tells the chat when it waits. */
async function create(fields: object): Promise<string> {
  count += 1
  const name = `waiting-${count}`
  await gateway.admin('POST', '/services', { name, url: 'http://127.0.0.1:9' })
  await gateway.admin('POST', '/releases', {
    name,
    service: name,
    canary: { upstream_host: '127.0.0.2' },
    notify: [{ url: chat.url, on: ['waiting'] }],
    ...fields,
  })
  return `/releases/${name}`
}

const messages = () => chat.received.map(({ body }) => JSON.parse(body) as Message)
const keys = () => chat.received.map(({ headers }) => headers['idempotency-key'])
const messagesOnce = (many: number) => until(messages, ({ length }) => length >= many)

async function oneMessage(): Promise<Message> {
  const [message] = await messagesOnce(1)
  if (message === undefined) throw new Error('no message')
  return message
}

const phaseOf = async (path: string) => (await gateway.admin<{ phase: string }>('GET', path)).phase

const form = (name: string) => ({ method: 'POST', body: new URLSearchParams({ name }) })

it('an approval that is due is told with links; a link shows a page, and its form approves once', async () => {
  const path = await create({
    steps: [{ percentage: 5 }, { approval: { count: 1 } }, { percentage: 50, hold: '1h' }],
  })
  const { notice, reason, step, links } = await oneMessage()
  expect([notice, reason, step?.index]).toEqual([
    'waiting',
    'waits for an approval: has 0 of 1 approvals',
    2,
  ])
  expect(Object.values(links)).not.toContain(null)

  const approve = String(links.approve)
  for (let time = 0; time < 2; time++) {
    const page = await fetch(approve)
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ])
    expect(await page.text()).toContain('<form method="post"')
  }
  expect(await gateway.admin('GET', path)).toMatchObject({ phase: 'waiting', share_percent: 5 })

  expect((await fetch(approve, form('Anna'))).status).toBe(200)
  expect(await gateway.admin('GET', path)).toMatchObject({ share_percent: 50 })
  expect((await fetch(approve, form('Anna'))).status).toBe(410)
})

it('each approval brings new links for the next, since the old one is used up', async () => {
  const path = await create({ steps: [{ approval: { count: 2 } }, { percentage: 50, hold: '1h' }] })
  const { links } = await oneMessage()
  await fetch(String(links.approve), form('Anna'))
  const [, second] = await messagesOnce(2)
  expect(second?.reason).toBe('waits for an approval: has 1 of 2 approvals')
  expect((await fetch(String(second?.links.approve), form('Bert'))).status).toBe(200)
  expect(await gateway.admin('GET', path)).toMatchObject({ share_percent: 50 })
  expect(new Set(keys()).size).toBe(2)
})

it('the link to reject takes all back', async () => {
  const path = await create({ steps: [{ percentage: 5 }, { approval: {} }] })
  const { links } = await oneMessage()
  expect((await fetch(String(links.reject), form('Anna'))).status).toBe(200)
  expect(await gateway.admin('GET', path)).toMatchObject({ phase: 'rolled-back', share_percent: 0 })
})

it('a start by hand is told, with the link to roll back alone; one that has its time is not', async () => {
  const steps = [{ percentage: 5, hold: '1h' }]
  await create({ steps, start: '2100-01-01T00:00:00Z' })
  await create({ steps, start: 'never' })
  const { reason, links } = await oneMessage()
  expect(reason).toBe('waits for its start: it is started by hand')
  expect([links.approve, links.reject, typeof links.rollback]).toEqual([null, null, 'string'])
  expect(messages()).toHaveLength(1)
})

it('a canary without a healthy target is told once, however often it is looked at', async () => {
  const upstream = `dead-${count}`
  await gateway.admin('POST', '/upstreams', { name: upstream })
  const path = await create({
    canary: { upstream_host: upstream },
    steps: [{ percentage: 5, hold: '1h' }],
  })
  expect((await oneMessage()).reason).toBe(
    'waits for a healthy target: no target of the canary can get requests',
  )
  await gateway.admin('POST', `${path}/pause`)
  await gateway.admin('POST', `${path}/resume`)
  await gateway.admin('POST', '/services', { name: `${upstream}-x`, url: 'http://127.0.0.1:9' })
  await gateway.admin('POST', `/upstreams/${upstream}/targets`, { target: '127.0.0.1:9' })
  await until(
    () => phaseOf(path),
    (phase) => phase === 'progressing',
  )
  expect(messages()).toHaveLength(1)
})

it('a freeze, a stop and a window that is closed are told once each', async () => {
  const frozen = { from: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z', reason: 'holidays' }
  const steps = [{ percentage: 5, hold: '1h' }]
  const path = await create({ steps, freezes: [frozen] })
  expect((await oneMessage()).reason).toMatch(/^waits for the end of a freeze: .*holidays/)
  await gateway.admin('POST', '/releases/stop', { reason: 'incident 42' })
  const [, stopped] = await messagesOnce(2)
  expect(stopped?.reason).toMatch(/^waits for the end of the stop of all releases: .*incident 42/)
  await gateway.admin('POST', '/releases/resume-all', {})
  expect(await gateway.admin('GET', path)).toMatchObject({ waiting_for: 'freeze' })

  const hour = (new Date(gateway.now()).getUTCHours() + 12) % 24
  const windows = [{ cron: `0 ${hour} * * *`, duration: '1h', time_zone: 'UTC' }]
  await create({ steps, windows })
  const all = await messagesOnce(3)
  expect(all[2]?.reason).toMatch(/^waits for a window/)
  expect(all).toHaveLength(3)
})
