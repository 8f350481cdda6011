import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Admin, type Answer, startAdmin } from './admin-harness.ts'

const YAML = { 'content-type': 'application/yaml' }
const HEAD = '_format_version: "3.0"\n'
const SHOP = `${HEAD}services:
- name: shop
  host: 127.0.0.1
  routes:
  - name: shop
    paths: [/shop]
  plugins:
  - {name: canary, config: {percentage: 10, upstream_host: next.test}}
upstreams:
- {name: next.test, targets: [{target: 10.0.0.1}]}
consumers:
- username: anna
  basicauth_credentials: [{username: anna, password: secret}]
  keyauth_credentials: [{key: k1}]
  groups: [gold]
consumer_groups: [{name: gold}]
`

describe('POST /config', () => {
  let admin: Admin

  beforeEach(async () => {
    admin = await startAdmin()
  })

  afterEach(() => admin.close())

  const post = (raw: string, query = ''): Promise<Answer> =>
    admin.call('POST', `/config${query}`, { raw, headers: YAML })

  test('makes the configuration what the file says, in one version', async () => {
    const answer = await post(SHOP)
    expect(answer.json).toEqual({
      configuration_version: 1,
      counts: { created: 10, changed: 0, deleted: 0, unchanged: 0 },
      entities: expect.objectContaining({ services: { created: 1, changed: 0, deleted: 0 } }),
    })
    expect(answer.status).toBe(201)
    expect((await admin.call('GET', '/services/shop/routes')).json.data[0].name).toBe('shop')
    const audit = (await admin.call('GET', '/audit')).json.data
    expect(audit).toHaveLength(10)
    expect(new Set(audit.map((row: { request_id: string }) => row.request_id)).size).toBe(1)
  })

  test('changes nothing the second time, passwords included', async () => {
    await post(SHOP)
    const again = await post(SHOP)
    expect(again.json.counts).toEqual({ created: 0, changed: 0, deleted: 0, unchanged: 10 })
    expect(again.json.configuration_version).toBe(1)
  })

  test('leaves the version, the timestamps and the documents of what does not change', async () => {
    await post(SHOP)
    const before = admin.snapshot()
    admin.clock.nowMs += 60_000
    await post(SHOP.replace('percentage: 10', 'percentage: 20'))
    const after = admin.snapshot()
    expect(after.version).toBe(2)
    expect(after.tables.upstreams).toBe(before.tables.upstreams)
    const [plugin] = after.tables.plugins.valueSeq().toArray()
    expect(plugin?.entity.config).toMatchObject({ percentage: 20 })
    expect(plugin?.entity.updated_at).toBe((plugin?.entity.created_at ?? 0) + 60)
  })

  test('tells what it would do with dry_run, and does nothing', async () => {
    await post(SHOP)
    const changed = SHOP.replace('percentage: 10', 'percentage: 20').replace(
      '- username: anna',
      '- username: berta',
    )
    const { status, json } = await post(changed, '?dry_run=true')
    expect(status).toBe(200)
    expect(json.dry_run).toBe(true)
    expect(json.changes).toContainEqual({
      action: 'update',
      entity: 'plugins',
      name: 'canary',
      id: expect.any(String),
      line: 9,
      fields: [{ field: 'config.percentage', before: 10, after: 20 }],
    })
    expect(json.changes).toContainEqual(
      expect.objectContaining({ action: 'delete', entity: 'consumers', name: 'anna' }),
    )
    expect(admin.snapshot().version).toBe(1)
  })

  test('refuses a file with one wrong field whole, and names the line as Kong names the field', async () => {
    await post(SHOP)
    const { status, json } = await post(SHOP.replace('percentage: 10', 'percentage: 1000'))
    expect(status).toBe(400)
    expect(json).toMatchObject({
      code: 14,
      name: 'invalid declarative configuration',
      message:
        'declarative config is invalid, nothing was changed: line 9, services.1.plugins.1.config.percentage: value should be between 0 and 100',
      fields: {
        services: [{ plugins: [{ config: { percentage: 'value should be between 0 and 100' } }] }],
      },
      flattened_errors: [
        {
          entity_type: 'plugin',
          entity_name: 'canary',
          errors: [{ type: 'field', field: 'config.percentage', line: 9 }],
        },
      ],
    })
    expect(admin.snapshot().version).toBe(1)
  })

  test('finds the line of what only the gateway shows to be wrong, in JSON too', async () => {
    const file = { _format_version: '3.0', routes: [{ paths: ['/'], service: { name: 'gone' } }] }
    const raw = JSON.stringify(file, null, 1)
    const headers = { 'content-type': 'application/json' }
    const { json } = await admin.call('POST', '/config', { raw, headers })
    expect(json.flattened_errors[0].errors[0]).toMatchObject({ field: 'service', line: 4 })
  })

  test.each([
    ['JSON with the file in a text, as Kong', { json: { config: SHOP } }],
    ['a form', { form: `config=${encodeURIComponent(SHOP)}` }],
    [
      'a multipart form',
      {
        raw: `--x\r\nContent-Disposition: form-data; name="config"; filename="kong.yml"\r\n\r\n${SHOP}\r\n--x--\r\n`,
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
      },
    ],
  ])('takes %s', async (_, call) => {
    expect((await admin.call('POST', '/config', call)).json.counts.created).toBe(10)
  })

  test.each([
    ['text/plain', 'a: 1', 415],
    ['application/yaml', '\xff', 400],
    ['application/x-www-form-urlencoded', 'other=1', 400],
  ])('refuses %s %j', async (type, raw, status) => {
    const headers = { 'content-type': type }
    const answer = await admin.call('POST', '/config', { raw: Buffer.from(raw, 'latin1'), headers })
    expect(answer.status).toBe(status)
    expect(answer.json.message).toBeTypeOf('string')
  })

  test('refuses 50 MB before it reads them', async () => {
    const headers = { ...YAML, 'content-length': '50000000' }
    const answer = await admin.call('POST', '/config', { raw: 'a', headers })
    expect(answer.status).toBe(413)
    expect(answer.json.message).toBe('Request body is larger than 32 MiB')
  })

  test('with select tags, adds them and leaves everything without them alone', async () => {
    await admin.call('POST', '/services', { json: { name: 'theirs', host: 'a.test' } })
    const mine = `${HEAD}services: [{name: mine, host: b.test}]`
    await post(mine, '?select_tags=team-a')
    expect((await admin.call('GET', '/services/mine')).json.tags).toEqual(['team-a'])
    const { json } = await post(HEAD, '?select_tags=team-a')
    expect(json.counts).toMatchObject({ deleted: 1 })
    expect((await admin.call('GET', '/services')).json.data).toHaveLength(1)
  })

  test('moves what belongs to an entity that goes, and gives its name to another', async () => {
    const id = 'aaaaaaaa-0000-4000-8000-000000000001'
    await post(`${HEAD}services: [{name: old, host: a.test, routes: [{name: r, paths: [/]}]}]`)
    const moved = `${HEAD}services: [{id: ${id}, name: new, host: a.test, routes: [{name: r, paths: [/]}]}]`
    expect((await post(moved)).json.counts).toEqual({
      created: 1,
      changed: 1,
      deleted: 1,
      unchanged: 0,
    })
    const replaced = moved.replace(id, 'aaaaaaaa-0000-4000-8000-000000000002')
    const counts = { created: 1, changed: 1, deleted: 1, unchanged: 0 }
    expect((await post(replaced)).json.counts).toEqual(counts)
    const audit = (await admin.call('GET', '/audit?size=3')).json.data
    expect(audit.map((row: { action: string }) => row.action).sort()).toEqual([
      'create',
      'delete',
      'update',
    ])
  })

  test('lets two entities swap their names', async () => {
    const [one, two] = [
      'aaaaaaaa-0000-4000-8000-000000000001',
      'aaaaaaaa-0000-4000-8000-000000000002',
    ]
    const file = (a: string, b: string) =>
      `${HEAD}services: [{id: ${one}, name: ${a}, host: a.test}, {id: ${two}, name: ${b}, host: b.test}]`
    await post(file('left', 'right'))
    expect((await post(file('right', 'left'))).json.counts).toMatchObject({ changed: 2 })
    expect((await admin.call('GET', '/services/left')).json.id).toBe(two)
  })

  test('tells how far it is to those who ask for lines', async () => {
    const headers = { ...YAML, accept: 'application/x-ndjson' }
    const { text } = await sendRaw(admin, SHOP, headers)
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['read', 'compare', 'write', 'serve', undefined]),
    )
    expect(lines.at(-1)).toMatchObject({ status: 201, body: { counts: { created: 10 } } })
  })

  test('lets a rollback go first while it writes a large file, and answers /status meanwhile', async () => {
    await post(SHOP)
    const [plugin] = (await admin.call('GET', '/plugins')).json.data
    const consumers = Array.from({ length: 3_000 }, (_, n) => `- {username: c-${n}}`)
    const large = SHOP.replace('consumers:', `consumers:\n${consumers.join('\n')}`)
    const headers = { ...YAML, accept: 'application/x-ndjson' }
    const url = `http://127.0.0.1:${admin.port}/config`
    const { body } = await fetch(url, { method: 'POST', body: large, headers })
    const lines: { step?: string; done?: number; status?: number }[] = []
    let meanwhile: Promise<number[]> | null = null
    let isOver = false
    for await (const line of linesOf(body)) {
      lines.push(line)
      if (meanwhile !== null || line.step !== 'write' || line.done === 0) continue
      const calls = [
        admin.call('PATCH', `/plugins/${plugin.id}`, { json: { config: { percentage: 0 } } }),
        admin.call('GET', '/status'),
      ]
      meanwhile = Promise.all(
        calls.map(async (call) => {
          const { status } = await call
          return isOver ? 0 : status
        }),
      )
    }
    isOver = true
    expect(await meanwhile).toEqual([200, 200])
    expect(lines.at(-1)).toMatchObject({ status: 201 })
    expect(await admin.store.count('consumers')).toBe(3_001)
  })

  test('leaves a change that comes meanwhile either before or behind it', async () => {
    const calls = Array.from({ length: 10 }, (_, n) =>
      n % 2 === 0
        ? post(SHOP.replace('percentage: 10', `percentage: ${n}`))
        : admin.call('POST', '/services', { json: { name: `other-${n}`, host: 'a.test' } }),
    )
    const statuses = (await Promise.all(calls)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([201]))
    expect((await post(SHOP)).status).toBe(201)
    expect((await admin.call('GET', '/services')).json.data).toHaveLength(1)
  })
})

describe('GET /config', () => {
  let admin: Admin

  beforeEach(async () => {
    admin = await startAdmin()
  })

  afterEach(() => admin.close())

  test('gives what POST takes, as Kong in the text of a JSON document', async () => {
    const file = { raw: SHOP, headers: YAML }
    await admin.call('POST', '/config', file)
    const dump = (await admin.call('GET', '/config')).json.config
    const other = await startAdmin()
    try {
      await other.call('POST', '/config', { raw: dump, headers: YAML })
      expect((await other.call('GET', '/config')).json.config).toBe(dump)
      const again = await admin.call('POST', '/config', { raw: dump, headers: YAML })
      expect(again.json.counts).toMatchObject({ created: 0, changed: 0, deleted: 0 })
    } finally {
      await other.close()
    }
  })
})

async function* linesOf(body: ReadableStream<Uint8Array> | null) {
  let text = ''
  for await (const piece of body ?? []) {
    text += Buffer.from(piece).toString()
    const whole = text.split('\n')
    text = whole.pop() ?? ''
    for (const line of whole) yield JSON.parse(line)
  }
}

function sendRaw(admin: Admin, body: string, headers: Record<string, string>) {
  return fetch(`http://127.0.0.1:${admin.port}/config`, { method: 'POST', body, headers }).then(
    async (response) => ({ text: await response.text() }),
  )
}
