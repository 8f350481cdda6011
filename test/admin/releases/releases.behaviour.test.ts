import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'
import { until } from '../../support/until.ts'

let gateway: TestGateway
let count = 0

beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(async () => {
  await gateway.stop()
  expect(gateway.logged).toEqual([])
})

interface Shown {
  readonly id: string
  readonly phase: string
  readonly reason: string | null
  readonly share_percent: number
  readonly step: { readonly index: number; readonly name: string } | null
  readonly waiting_for: string | null
  readonly recorded: boolean
  readonly history: { readonly type: string; readonly actor: string }[]
}

/** A service of its own, and a release document for it. */
async function service(fields: object = {}) {
  count += 1
  const name = `shop-${count}`
  await gateway.admin('POST', '/services', { name, url: 'http://127.0.0.1:9' })
  const document = {
    name: `${name}-v2`,
    service: name,
    canary: { upstream_host: '127.0.0.2' },
    steps: [
      { percentage: 10, hold: '1h' },
      { percentage: 50, hold: '1h' },
    ],
    ...fields,
  }
  return { name, document, path: `/releases/${document.name}` }
}

const release = (path: string) => gateway.admin<Shown & Record<string, unknown>>('GET', path)
const verb = (path: string, name: string, body: object = {}) =>
  gateway.admin<{ changed: boolean; message: string; release: Shown }>(
    'POST',
    `${path}/${name}`,
    body,
  )

async function pluginOf(name: string) {
  const { data } = await gateway.admin<{ data: { config: Record<string, unknown> }[] }>(
    'GET',
    `/services/${name}/plugins`,
  )
  return data[0]?.config ?? null
}

/** A gate that says yes, and keeps the links that it is told. */
async function startGateServer() {
  let links: Record<string, string | null> = { approve: null }
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const body = JSON.parse(Buffer.concat(pieces).toString())
    links = body.links ?? body.metadata?.links ?? links
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    links: () => links,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

async function refused(method: string, path: string, body?: unknown) {
  const answer = await gateway.adminRaw(method, path, body)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

it('a release begins at its first step, and its plugin is there when it is answered', async () => {
  const { name, document, path } = await service()
  const created = await gateway.admin<Shown>('POST', '/releases', document)
  expect(created).toMatchObject({
    phase: 'progressing',
    share_percent: 10,
    step: { index: 1, count: 2, name: '10 %', kind: 'percentage' },
    next: { what: 'step 2: 50 %' },
    recorded: true,
    measured: { window_seconds: 1 },
  })
  expect(created.history.map(({ type }) => type).slice(0, 2)).toEqual(['created', 'started'])
  expect(await pluginOf(name)).toMatchObject({
    percentage: 10,
    steps: 100_000,
    salt: created.id,
    upstream_host: '127.0.0.2',
  })
  expect((await release(path)).id).toBe(created.id)
  expect((await release(`/releases/${created.id}`)).name).toBe(document.name)
})

it('a release goes through its steps by itself and ends in a promoted service', async () => {
  const { name, document, path } = await service({
    steps: [{ percentage: 25 }, { ramp: { to: 75, over: '1s' } }],
  })
  await gateway.admin('POST', '/releases', document)
  const ended = await until(
    () => release(path),
    ({ phase }) => phase === 'succeeded',
  )
  expect(ended).toMatchObject({ phase: 'succeeded', measured: null })
  expect(await pluginOf(name)).toBeNull()
  expect(await gateway.admin('GET', `/services/${name}`)).toMatchObject({ host: '127.0.0.2' })
})

it('verbs act, do nothing the second time, and are refused with what can be done instead', async () => {
  const { name, document, path } = await service()
  await gateway.admin('POST', '/releases', document)
  expect(await verb(path, 'pause', { reason: 'lunch' })).toMatchObject({
    changed: true,
    release: { phase: 'paused', reason: 'lunch' },
  })
  expect((await verb(path, 'pause')).changed).toBe(false)
  expect((await verb(path, 'resume')).release.phase).toBe('progressing')
  expect((await verb(path, 'advance')).release).toMatchObject({ share_percent: 50 })
  expect(await pluginOf(name)).toMatchObject({ percentage: 50 })
  const none = await refused('POST', `${path}/approve`, {})
  expect(none.status).toBe(409)
  expect(none.body).toMatchObject({ phase: 'progressing', allowed: expect.any(Array) })
  expect(none.body.type).toBe('urn:canary-gateway:error:verb_refused')
  const back = await verb(path, 'rollback', { reason: 'errors' })
  expect(back).toMatchObject({ changed: true, recorded: true, release: { phase: 'rolled-back' } })
  expect(await pluginOf(name)).toMatchObject({ percentage: 0 })
  expect((await verb(path, 'rollback')).changed).toBe(false)
  expect((await verb(path, 'retry')).release).toMatchObject({ share_percent: 10 })
})

it('the actor of a verb is who the caller claims to be', async () => {
  const { document, path } = await service()
  await gateway.admin('POST', '/releases', document)
  await fetch(`${gateway.node.admin}${path}/pause`, {
    method: 'POST',
    headers: { 'canary-actor': 'anna' },
  })
  const { data } = await gateway.admin<{ data: { type: string; actor: string }[] }>(
    'GET',
    `${path}/events`,
  )
  expect(data.at(-1)).toMatchObject({ type: 'paused', actor: 'anna', cause: 'requested' })
  const page = await gateway.admin<{ data: unknown[]; next: string }>(
    'GET',
    `${path}/events?size=2`,
  )
  expect(page.data).toEqual(data.slice(0, 2))
  expect((await gateway.admin<typeof page>('GET', `${page.next}&size=2`)).data).toEqual(
    data.slice(2, 4),
  )
})

it('nobody claims to be the gateway', async () => {
  const answer = await fetch(`${gateway.node.admin}/releases`, {
    headers: { 'canary-actor': 'gateway' },
  })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain("Canary-Actor is 'gateway'")
})

it('a release is shown with its newest events, and all can be read', async () => {
  const { document, path } = await service()
  await gateway.admin('POST', '/releases', document)
  for (let n = 0; n < 51; n++) {
    await verb(path, 'pause')
    await verb(path, 'resume')
  }
  const { history } = await release(path)
  expect(history).toHaveLength(100)
  expect(history.at(-1)?.type).toBe('resumed')
  const { data } = await gateway.admin<{ data: object[] }>('GET', `${path}/events?size=1000`)
  expect(data).toHaveLength(4 + 102)
})

it('whoever creates a release of four eyes does not count among those who may approve it', async () => {
  const approval = { count: 1, from: ['anna'] }
  const { document } = await service({ four_eyes: true, steps: [{ approval }] })
  const create = (actor: string) =>
    fetch(`${gateway.node.admin}/releases`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'canary-actor': actor },
      body: JSON.stringify(document),
    })
  const refusal = await create('anna')
  expect(refusal.status).toBe(400)
  expect(JSON.stringify(await refusal.json())).toContain('beside anna, who creates it')
  expect((await create('bert')).status).toBe(201)
})

it('a second release of a service is refused, unless it supersedes the first', async () => {
  const { name, document, path } = await service()
  const first = await gateway.admin<Shown>('POST', '/releases', document)
  const next = { ...document, name: `${document.name}-next`, start: 'never' }
  const second = await refused('POST', '/releases', next)
  expect([second.status, second.body.type]).toEqual([
    409,
    'urn:canary-gateway:error:release_conflict',
  ])
  const created = await gateway.admin<Shown>('POST', '/releases?supersede=true', next)
  expect(created).toMatchObject({ phase: 'scheduled', waiting_for: 'start' })
  expect(await release(`/releases/${first.id}`)).toMatchObject({ phase: 'superseded' })
  expect(await pluginOf(name)).toMatchObject({ percentage: 0 })
  expect(await release(path)).toMatchObject({ id: first.id })
  const live = await refused('DELETE', `/releases/${created.id}`)
  expect(live.status).toBe(409)
  expect((await gateway.adminRaw('DELETE', path)).status).toBe(204)
  expect((await gateway.adminRaw('GET', path)).status).toBe(404)
})

it('lists are filtered by service and phase', async () => {
  const { name, document } = await service({ start: 'never' })
  await gateway.admin('POST', '/releases', document)
  const list = async (query: string) =>
    (await gateway.admin<{ data: Shown[] }>('GET', `/releases?${query}`)).data
  expect(await list(`service=${name}`)).toMatchObject([{ phase: 'scheduled' }])
  expect(await list(`service=${name}&phase=scheduled`)).toHaveLength(1)
  expect(await list(`service=${name}&phase=succeeded`)).toEqual([])
  const [row] = await list(`service=${name}`)
  expect(Object.keys(row ?? {})).not.toContain('history')
  expect((await refused('GET', '/releases?phase=gone')).body.detail).toContain('scheduled')
})

it('a hand that changes the plugin pauses the release', async () => {
  const { name, document, path } = await service()
  await gateway.admin('POST', '/releases', document)
  const { data } = await gateway.admin<{ data: { id: string }[] }>(
    'GET',
    `/services/${name}/plugins`,
  )
  await gateway.admin('PATCH', `/plugins/${data[0]?.id}`, { config: { percentage: 42 } })
  const paused = await until(
    () => release(path),
    ({ phase }) => phase === 'paused',
  )
  expect(paused.pause_cause).toBe('changed-by-hand')
  expect(await pluginOf(name)).toMatchObject({ percentage: 42 })
})

it('a stop holds all releases, and a rollback goes through it', async () => {
  const { document, path } = await service({ steps: [{ percentage: 10 }, { percentage: 50 }] })
  await gateway.admin('POST', '/releases/stop', { reason: 'incident' })
  expect(await gateway.admin('GET', '/releases/stop')).toMatchObject({ stopped: true })
  await gateway.admin('POST', '/releases', document)
  expect(await release(path)).toMatchObject({ share_percent: 0, waiting_for: 'stop' })
  expect((await verb(path, 'rollback')).release.phase).toBe('rolled-back')
  const lifted = { stopped: false, lifted: { reason: 'over' } }
  expect(await gateway.admin('POST', '/releases/resume-all', { reason: 'over' })).toMatchObject(
    lifted,
  )
  expect(await gateway.admin('POST', '/releases/resume-all')).toMatchObject(lifted)
  expect(await gateway.admin('GET', '/releases/stop')).toMatchObject(lifted)
})

it('a freeze holds all releases until it is lifted', async () => {
  const freeze = await gateway.admin<{ id: string }>('POST', '/releases/freezes', {
    from: '2020-01-01T00:00:00Z',
    until: '2100-01-01T00:00:00Z',
    reason: 'holidays',
  })
  const { document, path } = await service()
  await gateway.admin('POST', '/releases', document)
  const held = await release(path)
  expect(held).toMatchObject({ waiting_for: 'freeze', share_percent: 0 })
  expect(held.reason).toContain('holidays')
  expect((await gateway.adminRaw('DELETE', `/releases/freezes/${freeze.id}`)).status).toBe(204)
  expect((await gateway.adminRaw('DELETE', `/releases/freezes/${freeze.id}`)).status).toBe(404)
  expect((await release(path)).share_percent).toBe(10)
})

it('a release is taken as YAML, and what is wrong with it is told', async () => {
  const { name } = await service()
  const post = (body: string) =>
    fetch(`${gateway.node.admin}/releases`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body,
    })
  const text = `name: ${name}-yaml\nservice: ${name}\ncanary: {upstream_host: v2.test}\n`
  const good = await post(`${text}start: never\nsteps:\n  - percentage: 5\n`)
  expect(good.status).toBe(201)
  const wrong = await post(`${text}stepps:\n  - percentage: 5\n`)
  expect(wrong.status).toBe(400)
  expect(JSON.stringify(await wrong.json())).toContain('did you mean')
  const lost = await post(
    `name: x\nservice: nowhere\ncanary: {upstream_host: a}\nsteps: [{percentage: 1}]`,
  )
  expect([lost.status, JSON.stringify(await lost.json())]).toEqual([
    400,
    expect.stringContaining("'nowhere'"),
  ])
})

it('secrets are never shown again', async () => {
  const gate = { name: 'g', type: 'post-rollout', url: 'http://127.0.0.1:9/', secret: 'hunter2' }
  const { document, path } = await service({ gates: [gate], start: 'never' })
  const created = await gateway.admin('POST', '/releases', document)
  expect(JSON.stringify([created, await release(path)])).not.toContain('hunter2')
})

it('what stands behind the host in the URL of a chat is a secret, too', async () => {
  const notify = [
    { url: 'http://127.0.0.1:9/services/T0/xoxb-hunter2?key=hunter3', format: 'slack' },
    { url: 'http://127.0.0.1:9/notices?token=hunter4' },
  ]
  const { document, path } = await service({ notify })
  const created = await gateway.admin('POST', '/releases', document)
  const deliveries = await until(
    () => gateway.admin<{ data: object[] }>('GET', `${path}/deliveries`),
    ({ data }) => data.length > 3,
  )
  const events = await gateway.admin('GET', `${path}/events`)
  const shown = JSON.stringify([created, await release(path), events, deliveries])
  expect(shown).not.toContain('hunter')
  expect(shown).toContain('http://127.0.0.1:9/***')
  expect(shown).toContain('http://127.0.0.1:9/notices?***')
})

it('what is shown of a release is not taken for its secrets when it is sent back', async () => {
  const { document } = await service({
    gates: [{ name: 'g', type: 'post-rollout', url: 'http://127.0.0.1:9/', secret: '***' }],
    notify: [{ url: 'http://127.0.0.1:9/***', format: 'slack' }],
  })
  const { status, body } = await refused('POST', '/releases', document)
  expect(status).toBe(400)
  expect(JSON.stringify(body)).toMatch(/gates.*secret.*\*\*\*/)
  expect(JSON.stringify(body)).toMatch(/notify.*url.*\*\*\*/)
})

it('a link acts once, also when two people follow it at once', async () => {
  const gate = await startGateServer()
  onTestFinished(() => gate.close())
  const { document, path } = await service({
    steps: [{ approval: { count: 2 } }],
    gates: [{ name: 'g', type: 'rollout', url: gate.url, interval: '1s' }],
  })
  await gateway.admin('POST', '/releases', document)
  const link = await until(
    () => gate.links().approve,
    (found) => found !== null,
  )
  const token = new URL(String(link)).pathname
  const follow = (name: string) =>
    fetch(`${gateway.node.admin}${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ name }),
    })
  const statuses = (await Promise.all([follow('bob'), follow('carol')])).map(({ status }) => status)
  expect(statuses).toContain(200)
  expect(statuses.some((status) => status === 409 || status === 410)).toBe(true)
  expect(await release(path)).toMatchObject({ approvals: { needed: 2 } })
  const { history } = await release(path)
  expect(history.filter(({ type }) => type === 'approved')).toHaveLength(1)
})

it('a deleted service ends its release, which stays readable', async () => {
  const { name, document, path } = await service()
  await gateway.admin('POST', '/releases', document)
  await gateway.adminRaw('DELETE', `/services/${name}`)
  const failed = await until(
    () => release(path),
    ({ phase }) => phase === 'failed',
  )
  expect(failed.service).toMatchObject({ name: null })
})

it('watchers see each change at once, and the end', async () => {
  const { document, path } = await service()
  await gateway.admin('POST', '/releases', document)
  const answer = await fetch(`${gateway.node.admin}${path}/watch`)
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  let text = ''
  const reading = (async () => {
    for await (const piece of answer.body ?? []) text += Buffer.from(piece).toString()
  })()
  await until(
    () => text,
    (seen) => seen.includes('"share_percent":10'),
  )
  await verb(path, 'rollback')
  await reading
  expect(text).toContain('"phase":"rolled-back"')
  expect(text.trimEnd().endsWith('event: end\ndata: {"phase":"rolled-back"}')).toBe(true)
})

it('a plan says what would happen, and starts nothing', async () => {
  const { name, document, path } = await service()
  const route = { name: `${name}-route`, paths: [`/${name}`] }
  await gateway.admin('POST', `/services/${name}/routes`, route)
  const own = { name: 'canary', config: { percentage: 1, upstream_host: '127.0.0.2' } }
  await gateway.admin('POST', `/routes/${route.name}/plugins`, own)
  const plan = await gateway.admin<{ steps: unknown[]; warnings: string[] }>(
    'POST',
    '/releases/plan',
    document,
  )
  expect(plan.steps).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ index: 1, share_percent: 10 }),
      expect.objectContaining({ index: 2, share_percent: 50 }),
    ]),
  )
  expect(plan.warnings.join()).toContain(`route ${route.name} has a canary plugin of its own`)
  expect((await gateway.adminRaw('GET', path)).status).toBe(404)
  expect(await pluginOf(name)).toBeNull()
})
