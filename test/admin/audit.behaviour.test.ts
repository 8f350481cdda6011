import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, startAdmin } from './admin-harness.ts'

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

it('keeps who changed what, when, by which request, newest first', async () => {
  const headers = { 'Canary-Actor': 'ada' }
  const made = await admin.call('POST', '/services', {
    json: { name: 'shop', host: 'a.test' },
    headers,
  })
  admin.clock.nowMs += 1_000
  const changed = await admin.call('PATCH', '/services/shop', { json: { host: 'b.test' } })
  await admin.call('DELETE', '/services/shop', { headers })
  const { json } = await admin.call('GET', '/audit')
  expect(json.next).toBeNull()
  expect(json.data).toMatchObject([
    { action: 'delete', actor: 'ada', version: 3, before: changed.json, after: null },
    {
      action: 'update',
      actor: 'anonymous@127.0.0.1',
      at: '2026-01-01T00:00:01.250Z',
      request_id: changed.headers['x-kong-admin-request-id'],
      version: 2,
      before: made.json,
      after: changed.json,
    },
    {
      action: 'create',
      actor: 'ada',
      at: '2026-01-01T00:00:00.250Z',
      request_id: made.headers['x-kong-admin-request-id'],
      entity: 'services',
      entity_id: made.json.id,
      version: 1,
      before: null,
      after: made.json,
    },
  ])
})

it('keeps a name in other letters than ASCII, sent as UTF-8, and finds it again', async () => {
  const actor = Buffer.from('zoë').toString('latin1')
  const headers = { 'Canary-Actor': actor, 'content-type': 'application/json' }
  // A body that is text would make Node write the whole head as UTF-8.
  await admin.call('POST', '/services', { raw: Buffer.from('{"host":"a.test"}'), headers })
  const { json } = await admin.call('GET', '/audit?actor=zo%C3%AB')
  expect(json.data).toMatchObject([{ actor: 'zoë', action: 'create' }])
})

it('gives every call a request id of its own', async () => {
  const ids = await Promise.all(
    [1, 2].map(async () => (await admin.call('GET', '/')).headers['x-kong-admin-request-id']),
  )
  expect(ids[0]).toMatch(/^[0-9a-f]{32}$/)
  expect(ids[1]).not.toBe(ids[0])
})

it('keeps nothing of a change that was refused', async () => {
  await admin.call('POST', '/services', { json: { hots: 1 } })
  await admin.call('DELETE', '/services/none')
  expect((await admin.call('GET', '/audit')).json.data).toEqual([])
})

it('does not keep the keys of credentials', async () => {
  await admin.call('PUT', '/consumers/bob')
  await admin.call('POST', '/consumers/bob/key-auth', { json: { key: 'top-secret' } })
  const { text } = await admin.call('GET', '/audit?entity=keyauth_credentials')
  expect(text).toContain('keyauth_credentials')
  expect(text).not.toContain('top-secret')
})

describe('a list of many changes', () => {
  beforeEach(async () => {
    for (const [name, actor] of [
      ['a', 'ada'],
      ['b', 'bob'],
      ['c', 'ada'],
    ] as const) {
      await admin.call('POST', '/upstreams', { json: { name }, headers: { 'Canary-Actor': actor } })
    }
    await admin.call('POST', '/services', {
      json: { name: 's', host: 'x' },
      headers: { 'Canary-Actor': 'ada' },
    })
  })

  const names = (json: { data: { after: { name: string } }[] }) =>
    json.data.map((row) => row.after.name)

  it('is paged, and the filters go on to the next page', async () => {
    const first = await admin.call('GET', '/audit?size=1&actor=ada&entity=upstreams')
    expect(names(first.json)).toEqual(['c'])
    const second = await admin.call('GET', first.json.next)
    expect([names(second.json), second.json.next]).toEqual([['a'], null])
  })

  it('is filtered by entity, by one entity and by actor', async () => {
    const { json } = await admin.call('GET', '/upstreams/b')
    expect(names((await admin.call('GET', '/audit?entity=upstreams')).json)).toEqual([
      'c',
      'b',
      'a',
    ])
    expect(names((await admin.call('GET', `/audit?entity=upstreams/${json.id}`)).json)).toEqual([
      'b',
    ])
    expect(names((await admin.call('GET', '/audit?actor=ada')).json)).toEqual(['s', 'c', 'a'])
  })

  it('refuses a kind that does not exist, as problem details', async () => {
    const refused = await admin.call('GET', '/audit?entity=servises')
    expect(refused.status).toBe(400)
    expect(refused.headers['content-type']).toBe('application/problem+json')
    expect(refused.json).toMatchObject({
      type: 'urn:canary-gateway:error:invalid_options',
      status: 400,
      detail: expect.stringMatching(/'servises'; expected one of .*services, routes/),
      request_id: refused.headers['x-kong-admin-request-id'],
    })
  })

  it('cannot be written', async () => {
    expect((await admin.call('DELETE', '/audit')).status).toBe(405)
  })
})

it('refuses a claimed name that is too long to keep', async () => {
  const refused = await admin.call('PUT', '/consumers/bob', {
    headers: { 'Canary-Actor': 'x'.repeat(129) },
  })
  expect(refused.status).toBe(400)
  expect((await admin.call('GET', '/consumers')).json.data).toEqual([])
})
