import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, startAdmin } from './admin-harness.ts'

const UUID = '11111111-2222-4333-8444-555555555555'
const NOT_FOUND = { message: 'Not found' }

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

const createGroup = async (name: string) =>
  (await admin.call('POST', '/consumer_groups', { json: { name } })).json
const createConsumer = async (username: string) =>
  (await admin.call('POST', '/consumers', { json: { username } })).json
const add = (group: string, consumer: unknown) =>
  admin.call('POST', `/consumer_groups/${group}/consumers`, { json: { consumer } })
const usernames = async (group: string) =>
  (await admin.call('GET', `/consumer_groups/${group}/consumers`)).json.data.map(
    (row: { username: string }) => row.username,
  )

it('lists long members in pages when asked for pages, and else all of them', async () => {
  await createGroup('gold')
  const tags = Array.from({ length: 60 }, (_, n) => `${n}`.padEnd(8000, 'x'))
  const names = ['a', 'b', 'c', 'd', 'e']
  for (const username of names) await admin.call('POST', '/consumers', { json: { username, tags } })
  await add('gold', names)
  const seen: string[][] = []
  for (let next: string | null = '/consumer_groups/gold/consumers?size=1000'; next !== null; ) {
    const { json } = await admin.call('GET', next)
    seen.push(json.data.map((row: { username: string }) => row.username))
    next = json.next
  }
  expect(seen).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  expect(await usernames('gold')).toEqual(names)
})

describe('a consumer group', () => {
  it('is created, listed, changed and deleted like any entity', async () => {
    const made = await admin.call('POST', '/consumer_groups', { json: { name: 'gold tier' } })
    expect(made).toMatchObject({ status: 201, json: { name: 'gold tier', tags: null } })
    expect((await admin.call('GET', '/consumer_groups')).json).toEqual({
      data: [made.json],
      next: null,
    })
    const changed = await admin.call('PATCH', '/consumer_groups/gold%20tier', {
      json: { tags: ['x'] },
    })
    expect(changed.json).toEqual({ ...made.json, tags: ['x'] })
    const put = await admin.call('PUT', `/consumer_groups/${UUID}`, { json: { name: 'silver' } })
    expect(put).toMatchObject({ status: 200, json: { id: UUID, name: 'silver' } })
    expect((await admin.call('PUT', '/consumer_groups/bronze')).json.name).toBe('bronze')
    expect((await admin.call('DELETE', '/consumer_groups/silver')).status).toBe(204)
    expect((await admin.call('GET', '/consumer_groups/silver')).json).toEqual(NOT_FOUND)
    const again = await admin.call('POST', '/consumer_groups', { json: { name: 'bronze' } })
    expect([again.status, again.json.fields]).toEqual([409, { name: 'bronze' }])
    const options = await admin.call('OPTIONS', '/consumer_groups/bronze')
    expect(options.headers.allow).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, PUT')
  })

  it('is shown with its consumers and its plugins', async () => {
    const gold = await createGroup('gold')
    const [anna, bob] = [await createConsumer('anna'), await createConsumer('bob')]
    await add('gold', 'anna')
    await add('gold', 'bob')
    for (const key of ['gold', gold.id]) {
      const shown = await admin.call('GET', `/consumer_groups/${key}`)
      expect([shown.status, shown.json]).toEqual([
        200,
        { consumer_group: gold, consumers: [anna, bob], plugins: [] },
      ])
    }
    const short = await admin.call('GET', '/consumer_groups/gold?list_consumers=false')
    expect(short.json).toEqual({ consumer_group: gold, plugins: [] })
  })
})

describe('consumers of a group', () => {
  it('are added by username or id, and the answer shows the one that was added', async () => {
    const gold = await createGroup('gold')
    const [anna, bob] = [await createConsumer('anna'), await createConsumer('bob')]
    const first = await add('gold', 'anna')
    expect([first.status, first.json]).toEqual([201, { consumer_group: gold, consumers: [anna] }])
    const second = await add(gold.id, bob.id)
    expect(second.json).toEqual({ consumer_group: gold, consumers: [bob] })
    expect((await admin.call('GET', '/consumer_groups/gold/consumers')).json).toEqual({
      data: [anna, bob],
      next: null,
    })
  })

  it('are added several at once, all or none', async () => {
    await createGroup('gold')
    for (const name of ['anna', 'bob', 'carl', 'dora']) await createConsumer(name)
    expect((await add('gold', ['anna', 'bob'])).json.consumers).toHaveLength(2)
    const form = await admin.call('POST', '/consumer_groups/gold/consumers', {
      form: 'consumer=carl&consumer=dora',
    })
    expect([form.status, form.json.consumers.length]).toEqual([201, 2])
    await createConsumer('eve')
    expect((await add('gold', ['eve', 'none'])).status).toBe(400)
    expect(await usernames('gold')).toEqual(['anna', 'bob', 'carl', 'dora'])
  })

  it('are in a group once', async () => {
    const gold = await createGroup('gold')
    const anna = await createConsumer('anna')
    await add('gold', 'anna')
    const again = await add('gold', anna.id)
    expect([again.status, again.json]).toEqual([
      409,
      {
        message: `UNIQUE violation detected on '{consumer={id="${anna.id}"},consumer_group={id="${gold.id}"}}'`,
        name: 'unique constraint violation',
        code: 5,
        fields: { consumer: { id: anna.id }, consumer_group: { id: gold.id } },
      },
    ])
  })

  it('must exist', async () => {
    await createGroup('gold')
    const byName = await add('gold', 'nobody')
    expect([byName.status, byName.json]).toEqual([
      400,
      {
        message:
          "foreign key unresolved (consumer.username: the foreign key cannot be resolved with '{username=\"nobody\"}' for an existing 'consumers' entity)",
        name: 'foreign keys unresolved',
        code: 13,
        fields: {
          consumer: {
            username:
              "the foreign key cannot be resolved with '{username=\"nobody\"}' for an existing 'consumers' entity",
          },
        },
      },
    ])
    const byId = await add('gold', UUID)
    expect([byId.status, byId.json.code, byId.json.fields]).toEqual([
      400,
      4,
      { consumer: { id: UUID } },
    ])
    const absent = await add('silver', 'nobody')
    expect([absent.status, absent.json]).toEqual([404, NOT_FOUND])
  })

  it.each([
    [{ json: {} }, { consumer: 'required field missing' }],
    [{}, { consumer: 'required field missing' }],
    [{ json: { consumer: null } }, { consumer: 'required field missing' }],
    [{ json: { consumer: [] } }, { consumer: 'required field missing' }],
    [{ json: { consumer: 7 } }, { consumer: 'expected a string' }],
    [{ json: { consumer: Array(1001).fill('anna') } }, { consumer: 'length must be at most 1000' }],
    [{ json: { consumer: ['anna', 7] } }, { consumer: [null, 'expected a string'] }],
    [{ json: { consumer: { id: UUID } } }, { consumer: 'expected a string' }],
    [{ json: { consumer: 'anna', tags: [] } }, { tags: 'unknown field' }],
    [{ form: 'consumer=' }, { consumer: 'required field missing' }],
    [{ form: 'consumer[id]=x' }, { consumer: 'expected a string' }],
    [{ form: 'group=x&consumer=anna' }, { group: 'unknown field' }],
  ])('are not added by %j', async (call, fields) => {
    await createGroup('gold')
    await createConsumer('anna')
    const refused = await admin.call('POST', '/consumer_groups/gold/consumers', call)
    expect([refused.status, refused.json.fields]).toEqual([400, fields])
    expect(await usernames('gold')).toEqual([])
  })

  it('are all listed, or by page when a size is asked for', async () => {
    await createGroup('gold')
    const names = Array.from({ length: 120 }, (_, n) => `name-${1000 + n}`)
    for (const name of names) await createConsumer(name)
    await add('gold', names)
    expect(await usernames('gold')).toEqual(names)
    const listed: string[] = []
    let next: string | null = '/consumer_groups/gold/consumers?size=50'
    let pageCount = 0
    while (next !== null) {
      const { json }: { json: { data: { username: string }[]; next: string | null } } =
        await admin.call('GET', next)
      listed.push(...json.data.map((row) => row.username))
      next = json.next
      pageCount++
    }
    expect([pageCount, listed]).toEqual([3, names])
    const wrong = await admin.call('GET', '/consumer_groups/gold/consumers?size=0')
    expect([wrong.status, wrong.json.code]).toEqual([400, 9])
  })

  it('leave one by one or all together, and stay consumers', async () => {
    await createGroup('gold')
    await createGroup('silver')
    for (const name of ['anna', 'bob', 'carl']) await createConsumer(name)
    await add('gold', ['anna', 'bob', 'carl'])
    await add('silver', 'anna')
    const gone = await admin.call('DELETE', '/consumer_groups/gold/consumers/bob')
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect(await usernames('gold')).toEqual(['anna', 'carl'])
    for (const path of ['gold/consumers/bob', 'gold/consumers/nobody', 'none/consumers/anna']) {
      expect((await admin.call('DELETE', `/consumer_groups/${path}`)).json).toEqual(NOT_FOUND)
    }
    expect((await admin.call('DELETE', '/consumer_groups/gold/consumers')).status).toBe(204)
    expect((await admin.call('DELETE', '/consumer_groups/gold/consumers')).status).toBe(204)
    expect(await usernames('gold')).toEqual([])
    expect(await usernames('silver')).toEqual(['anna'])
    expect((await admin.call('GET', '/consumers')).json.data).toHaveLength(3)
  })

  it('are no resource to read or replace one by one', async () => {
    await createGroup('gold')
    const refused = await admin.call('GET', '/consumer_groups/gold/consumers/anna')
    expect([refused.status, refused.headers.allow]).toEqual([405, 'DELETE, OPTIONS'])
  })
})

describe('groups of a consumer', () => {
  it('are joined, listed and left from the side of the consumer', async () => {
    const [gold, silver] = [await createGroup('gold'), await createGroup('silver')]
    const anna = await createConsumer('anna')
    const path = '/consumers/anna/consumer_groups'
    const joined = await admin.call('POST', path, { json: { group: 'gold' } })
    expect([joined.status, joined.json]).toEqual([201, { consumer: anna, consumer_groups: [gold] }])
    await admin.call('POST', path, { form: `group=${silver.id}` })
    expect((await admin.call('GET', path)).json).toEqual({
      data: [gold, silver],
      next: null,
      consumer_groups: [gold, silver],
    })
    expect(await usernames('gold')).toEqual(['anna'])
    const refused = await admin.call('POST', path, { json: { group: 'none' } })
    expect(refused.json.message).toContain('consumer_group.name: the foreign key')
    expect((await admin.call('DELETE', `${path}/gold`)).status).toBe(204)
    expect((await admin.call('DELETE', `${path}/gold`)).status).toBe(404)
    expect((await admin.call('GET', path)).json.data).toEqual([silver])
    expect((await admin.call('DELETE', path)).status).toBe(204)
    expect((await admin.call('GET', path)).json.data).toEqual([])
    expect((await admin.call('GET', '/consumers/none/consumer_groups')).status).toBe(404)
  })
})

describe('a membership', () => {
  it('ends with the group and with the consumer', async () => {
    await createGroup('gold')
    await createGroup('silver')
    for (const name of ['anna', 'bob']) await createConsumer(name)
    await add('gold', ['anna', 'bob'])
    await add('silver', 'anna')
    await admin.call('DELETE', '/consumers/bob')
    expect(await usernames('gold')).toEqual(['anna'])
    await admin.call('DELETE', '/consumer_groups/gold')
    const left = [...admin.snapshot().tables.consumer_group_consumers.values()]
    expect(left).toHaveLength(1)
    expect(await usernames('silver')).toEqual(['anna'])
    expect((await admin.call('GET', '/consumers')).json.data).toHaveLength(1)
  })

  it('is in the audit log', async () => {
    const gold = await createGroup('gold')
    const anna = await createConsumer('anna')
    await add('gold', 'anna')
    await admin.call('DELETE', '/consumer_groups/gold')
    const { json } = await admin.call('GET', '/audit?entity=consumer_group_consumers')
    const ends = { consumer: { id: anna.id }, consumer_group: { id: gold.id } }
    expect(json.data).toMatchObject([
      { action: 'delete', before: ends },
      { action: 'create', after: ends },
    ])
  })

  it('has no collection of its own', async () => {
    expect((await admin.call('GET', '/consumer_group_consumers')).status).toBe(404)
  })
})

describe('plugins of a group or a consumer', () => {
  beforeEach(async () => {
    await createGroup('gold')
    await createConsumer('anna')
  })

  it.each([
    ['canary', { upstream_host: 'b.test' }],
    ['key-auth', {}],
    ['acl', { allow: ['a'] }],
  ])('cannot be %s, which works for everybody', async (name, config) => {
    const byGroup = await admin.call('POST', '/consumer_groups/gold/plugins', {
      json: { name, config },
    })
    expect([byGroup.status, byGroup.json.fields]).toEqual([
      400,
      { consumer_group: 'value must be null' },
    ])
    const byConsumer = await admin.call('POST', '/plugins', {
      json: { name, config, consumer: { username: 'anna' } },
    })
    expect(byConsumer.json.fields).toEqual({ consumer: 'value must be null' })
  })

  it('are listed below it', async () => {
    const empty = { data: [], next: null }
    expect((await admin.call('GET', '/consumer_groups/gold/plugins')).json).toEqual(empty)
    expect((await admin.call('GET', '/consumer_groups/none/plugins')).status).toBe(404)
  })

  it('name a group that exists', async () => {
    const json = { name: 'key-auth', consumer_group: { name: 'none' } }
    const refused = await admin.call('POST', '/plugins', { json })
    expect([refused.status, refused.json.code]).toEqual([400, 13])
  })
})
