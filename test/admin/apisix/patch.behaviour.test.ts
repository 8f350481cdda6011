import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApisixAdmin, startApisixAdmin } from './apisix-admin.ts'

let admin: ApisixAdmin
beforeEach(async () => {
  admin = await startApisixAdmin()
  await admin.apisix('PUT', '/upstreams/1', {
    nodes: [
      { host: '10.0.0.1', port: 1, weight: 1 },
      { host: '10.0.0.2', port: 2, weight: 2 },
    ],
    labels: { a: 'b' },
  })
})
afterEach(async () => {
  await admin.close()
  expect(admin.logged).toEqual([])
})

const patch = (body: unknown, path = '/upstreams/1') => admin.apisix('PATCH', path, body)

describe('a JSON patch', () => {
  it.each([
    ['into a text', { op: 'add', path: '/type/x', value: 1 }],
    ['to the length of a text', { op: 'replace', path: '/type/length', value: 1 }],
    ['of a letter of a text', { op: 'remove', path: '/type/0' }],
    ['to the length of a list', { op: 'replace', path: '/nodes/length', value: 4_000_000_000 }],
    ['of what is no index', { op: 'remove', path: '/nodes/x' }],
    ['of an index with a zero before it', { op: 'remove', path: '/nodes/00' }],
    ['behind the end of a list', { op: 'add', path: '/nodes/3', value: {} }],
    ['that moves behind the end of a list', { op: 'move', from: '/nodes/0', path: '/nodes/2' }],
    ['that moves into itself', { op: 'move', from: '/labels', path: '/labels/x' }],
    ['of what is not there', { op: 'copy', from: '/toString', path: '/labels/x' }],
    ['where nothing is', { op: 'add', path: '/nothing/x', value: 1 }],
    ['without a value', { op: 'add', path: '/desc' }],
    ['of everything', { op: 'remove', path: '' }],
    ['to no object', { op: 'replace', path: '', value: [] }],
    ['without such an operation', { op: 'increase', path: '/desc', value: 1 }],
    ['without a slash', { op: 'add', path: 'desc', value: 'd' }],
  ])('%s is refused, and changes nothing', async (_, operation) => {
    const before = (await admin.apisix('GET', '/upstreams/1')).json
    const refused = await patch([operation])
    expect([refused.status, refused.json.error_msg]).toEqual([400, expect.any(String)])
    expect((await admin.apisix('GET', '/upstreams/1')).json).toEqual(before)
  })

  it('adds, moves and copies within lists and objects', async () => {
    const route = { uris: ['/1', '/2'], upstream_id: '1', labels: { a: 'b' } }
    await admin.apisix('PUT', '/routes/1', route)
    const moved = await patch(
      [
        { op: 'add', path: '/uris/-', value: '/3' },
        { op: 'move', from: '/uris/0', path: '/uris/2' },
        { op: 'copy', from: '/labels/a', path: '/labels/c~1d' },
      ],
      '/routes/1',
    )
    expect(moved.json.value).toMatchObject({
      uris: ['/2', '/3', '/1'],
      labels: { a: 'b', 'c/d': 'b' },
    })
    const whole = { op: 'replace', path: '', value: { uri: '/', upstream_id: '1' } }
    const replaced = await patch([whole], '/routes/1')
    expect(replaced.json.value).toMatchObject({ uri: '/' })
    expect(replaced.json.value).not.toHaveProperty('labels')
  })

  it('whose copies grow without end is refused at once', async () => {
    const copies = Array.from({ length: 60 }, (_, i) => ({
      op: 'copy',
      from: '/labels',
      path: `/labels/${i}`,
    }))
    const refused = await patch([{ op: 'add', path: '/labels', value: {} }, ...copies])
    expect([refused.status, refused.json.error_msg]).toEqual([
      400,
      expect.stringContaining('more than 10000 values'),
    ])
  })
})

describe('a sub-path', () => {
  it.each([
    ['/nodes/%20', {}, 'invalid sub-path: /nodes/ '],
    ['/nodes/0x1', {}, 'invalid sub-path: /nodes/0x1'],
    ['/nodes/3', {}, 'invalid sub-path: /nodes/3'],
    ['/labels/__proto__', {}, "the key '__proto__' is not allowed"],
    [`/labels${'/a'.repeat(5000)}`, {}, /^invalid sub-path/],
  ])('%s is refused', async (path, body, message) => {
    const refused = await patch(body, `/upstreams/1${path}`)
    expect(refused.status).toBe(400)
    expect(refused.json.error_msg).toMatch(message)
  })
})

it('with another id is refused, as a PUT is', async () => {
  const refused = await patch({ id: '2' })
  expect([refused.status, refused.json.error_msg]).toEqual([400, 'wrong upstream id'])
  expect((await patch({ id: '1', desc: 'd' })).status).toBe(200)
})

it('takes its turn while others write without a pause', async () => {
  const MOST_ROUNDS = 100
  let isPatched = false
  let rounds = 0
  const write = async (writer: number) => {
    for (; !isPatched && rounds < MOST_ROUNDS; rounds += 1) {
      await admin.apisix('PUT', `/upstreams/w${writer}`, { nodes: [], desc: `${rounds}` })
    }
  }
  const writers = [1, 2, 3, 4].map(write)
  expect((await patch({ desc: 'd' })).status).toBe(200)
  isPatched = true
  await Promise.all(writers)
  expect(rounds).toBeLessThan(MOST_ROUNDS)
})
