import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Admin, startAdmin } from './admin-harness.ts'

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

async function addServices(count: number, tags?: readonly string[]): Promise<void> {
  for (let i = 0; i < count; i++) {
    const name = `${tags?.join('').replaceAll(' ', '-') ?? 's'}${i}`
    const made = await admin.call('POST', '/services', { json: { name, host: 'a.test', tags } })
    expect(made.status).toBe(201)
  }
}

/** Follows `next` to the end. */
async function pages(path: string): Promise<string[][]> {
  const names: string[][] = []
  for (let next: string | null = path; next !== null; ) {
    const { json }: { json: { data: { name: string }[]; next: string | null } } = await admin.call(
      'GET',
      next,
    )
    names.push(json.data.map((row) => row.name))
    next = json.next
  }
  return names
}

it('shows an empty list without an offset', async () => {
  expect((await admin.call('GET', '/services')).text).toBe('{"data":[],"next":null}')
})

it('pages in the order of creation, each entity once', async () => {
  await addServices(5)
  expect(await pages('/services?size=2')).toEqual([['s0', 's1'], ['s2', 's3'], ['s4']])
  expect(await pages('/services?size=5')).toEqual([['s0', 's1', 's2', 's3', 's4']])
})

it('links to the next page with tags and size, and gives its offset', async () => {
  await addServices(3, ['a b'])
  const { json } = await admin.call('GET', '/services/?size=2&tags=a%20b')
  expect(json.next).toBe(`/services?offset=${json.offset}&tags=a%20b&size=2`)
  const last = await admin.call('GET', json.next)
  expect(last.json).toEqual({ data: [expect.objectContaining({ name: 'a-b2' })], next: null })
})

it('cuts pages of long entities short, and goes on where it stopped', async () => {
  for (let n = 0; n < 5; n++) {
    const paths = Array.from({ length: 60 }, (_, path) => `/${n}/${path}/`.padEnd(8000, 'a'))
    await admin.call('POST', '/routes', { json: { name: `r${n}`, paths } })
  }
  expect(await pages('/routes?size=1000')).toEqual([['r0', 'r1'], ['r2', 'r3'], ['r4']])
  const changes: number[] = []
  for (let next: string | null = '/audit'; next !== null; ) {
    const { status, json } = await admin.call('GET', next)
    expect(status).toBe(200)
    changes.push(json.data.length)
    next = json.next
  }
  expect(changes).toEqual([2, 2, 1])
})

it('links below a parent with the offset alone', async () => {
  await addServices(1)
  for (const path of ['/a', '/b'])
    await admin.call('POST', '/services/s0/routes', { json: { paths: [path] } })
  const { json } = await admin.call('GET', '/services/s0/routes?size=1')
  expect(json.next).toBe(`/services/s0/routes?offset=${json.offset}`)
  expect((await admin.call('GET', json.next)).json.data).toMatchObject([{ paths: ['/b'] }])
})

it('filters by all of the tags with commas and by any with slashes', async () => {
  await addServices(1, ['a'])
  await addServices(1, ['b'])
  await addServices(1, ['a', 'b'])
  expect(await pages('/services?tags=a')).toEqual([['a0', 'ab0']])
  expect(await pages('/services?tags=a,b')).toEqual([['ab0']])
  expect(await pages('/services?tags=a/b&size=1')).toEqual([['a0'], ['b0'], ['ab0']])
})

it.each([
  ['tags=a,b/c', 'invalid option (tags: invalid filter syntax)', 'invalid filter syntax'],
  ['tags=a,', 'invalid option (tags: invalid filter syntax)', 'invalid filter syntax'],
  ['tags=', 'invalid option (tags: cannot be null)', 'cannot be null'],
  [
    'tags=a,b,c,d,e,f',
    'invalid option (tags: cannot query more than 5 tags)',
    'cannot query more than 5 tags',
  ],
])('refuses ?%s', async (query, message, problem) => {
  const refused = await admin.call('GET', `/services?${query}`)
  expect([refused.status, refused.json]).toEqual([
    400,
    { message, name: 'invalid options', code: 11, options: { tags: problem } },
  ])
})

it.each([
  ['size=x', 'size must be a number'],
  ['size=', 'size must be a number'],
  ['size=0', 'size must be an integer between 1 and 1000'],
  ['size=1001', 'size must be an integer between 1 and 1000'],
  ['size=1.5', 'size must be an integer between 1 and 1000'],
])('refuses ?%s', async (query, message) => {
  const refused = await admin.call('GET', `/services?${query}`)
  expect([refused.status, refused.json]).toEqual([400, { message, name: 'invalid size', code: 9 }])
})

it('refuses an offset it never gave', async () => {
  for (const offset of ['x', '%00', 'Zm9v!']) {
    const refused = await admin.call('GET', `/services?offset=${offset}`)
    expect([refused.status, refused.json.code]).toEqual([400, 7])
  }
  const { json } = await admin.call('GET', '/services?offset=x')
  expect(json.message).toBe("'x' is not a valid offset: bad base64 encoding")
})

it('lists tags of all entities, page by page, and the entities of one tag', async () => {
  await addServices(2, ['a'])
  await admin.call('PUT', '/consumers/bob', { json: { tags: ['a', 'b'] } })
  const bob = (await admin.call('GET', '/consumers/bob')).json.id
  const first = await admin.call('GET', '/tags?size=3')
  expect(first.json.data).toEqual([
    { entity_name: 'consumers', entity_id: bob, tag: 'a' },
    { entity_name: 'consumers', entity_id: bob, tag: 'b' },
    { entity_name: 'services', entity_id: expect.any(String), tag: 'a' },
  ])
  const second = await admin.call('GET', first.json.next)
  expect(second.json).toEqual({
    data: [{ entity_name: 'services', entity_id: expect.any(String), tag: 'a' }],
    next: null,
  })
  const one = await admin.call('GET', '/tags/b')
  expect(one.json).toEqual({ data: [first.json.data[1]], next: null })
})

it('goes on with the tags where the page before ended, whatever was written in between', async () => {
  for (const name of ['b', 'd', 'f']) {
    await admin.call('PUT', `/consumers/${name}`, { json: { tags: ['x', 'y'] } })
  }
  const all = (await admin.call('GET', '/tags')).json.data
  const first = (await admin.call('GET', '/tags?size=3')).json
  const [gone] = first.data
  await admin.call('DELETE', `/consumers/${gone.entity_id}`)
  await admin.call('PUT', '/services/new', { json: { host: 'a.test', tags: ['z'] } })
  const second = (await admin.call('GET', first.next)).json
  expect(second.data).toEqual(all.slice(3, 6))
  const third = (await admin.call('GET', second.next)).json
  expect(third.data).toEqual([expect.objectContaining({ entity_name: 'services', tag: 'z' })])
})

it.each(['services', 'services/1/a', `services/${'0'.repeat(36)}`, 'a/b/c/d'])(
  'refuses the offset %s of /tags, which was never given out',
  async (position) => {
    const offset = Buffer.from(position).toString('base64url')
    const refused = await admin.call('GET', `/tags?offset=${offset}`)
    expect([refused.status, refused.json.message]).toEqual([
      400,
      `'${offset}' is not a valid offset: not a position`,
    ])
  },
)
