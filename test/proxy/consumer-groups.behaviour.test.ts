import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let own: TestUpstream
let blue: TestUpstream
let green: TestUpstream

/** Who is in which groups. */
const MEMBERS = { anna: ['gold'], bob: ['silver', 'gold'], carla: [] }

beforeAll(async () => {
  gateway = await startTestGateway()
  own = await startUpstream('own')
  blue = await startUpstream('blue')
  green = await startUpstream('green')
  await configureService(gateway, own.port)
  await gateway.admin('POST', '/services/shop/plugins', {
    name: 'key-auth',
    config: { anonymous: 'guest' },
  })
  await gateway.admin('PUT', '/consumers/guest')
})

beforeEach(async () => {
  for (const group of ['gold', 'silver']) await gateway.admin('PUT', `/consumer_groups/${group}`)
  for (const [name, groups] of Object.entries(MEMBERS)) {
    await gateway.admin('PUT', `/consumers/${name}`)
    await gateway.admin('PUT', `/consumers/${name}/key-auth/${name}`, { key: name })
    for (const group of groups) await join(name, group)
  }
})

afterEach(async () => {
  for (const group of ['gold', 'silver', 'arch']) {
    await gateway.adminRaw('DELETE', `/consumer_groups/${group}`)
  }
  const { data } = await gateway.admin<{ data: Plugin[] }>('GET', '/plugins')
  for (const { id, name } of data) {
    if (name !== 'key-auth') await gateway.admin('DELETE', `/plugins/${id}`)
  }
  expect(gateway.logged).toEqual([])
})

afterAll(async () => {
  await gateway.stop()
  await Promise.all([own.close(), blue.close(), green.close()])
})

interface Plugin {
  readonly id: string
  readonly name: string
}

const join = (consumer: string, group: string) =>
  gateway.admin('POST', `/consumer_groups/${group}/consumers`, { consumer })

const leave = (consumer: string, group: string) =>
  gateway.admin('DELETE', `/consumer_groups/${group}/consumers/${consumer}`)

/** All of the requests that it is for go to the upstream; with `vars` only those that fulfil them. */
function split(where: string, { port }: TestUpstream, vars: readonly unknown[] = []) {
  const item = { upstream: { nodes: { [`127.0.0.1:${port}`]: 1 } } }
  return gateway.admin<Plugin>('POST', `${where}/plugins`, {
    name: 'traffic-split',
    config: { rules: [{ match: [{ vars }], weighted_upstreams: [item] }] },
  })
}

async function send(consumer: string | null, body?: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${gateway.proxyPort}/`, {
    headers: consumer === null ? {} : { apikey: consumer },
    ...(body === undefined ? {} : { method: 'POST', body }),
  })
}

/** Which upstream serves each of these consumers; null for who has no key. */
async function servedBy(...consumers: readonly (string | null)[]): Promise<string[]> {
  return Promise.all(consumers.map(async (consumer) => (await send(consumer)).text()))
}

describe('a plugin of a consumer group', () => {
  it('is in force for its members, as long as they are', async () => {
    await split('/consumer_groups/gold', blue)
    expect(await servedBy('anna', 'bob', 'carla', null)).toEqual(['blue', 'blue', 'own', 'own'])
    await leave('anna', 'gold')
    await join('carla', 'gold')
    expect(await servedBy('anna', 'bob', 'carla')).toEqual(['own', 'blue', 'blue'])
    await gateway.admin('DELETE', '/consumer_groups/gold')
    expect(await servedBy('anna', 'bob', 'carla')).toEqual(['own', 'own', 'own'])
  })

  it('is in force for whom key-auth puts in place of missing credentials, too', async () => {
    await split('/consumer_groups/gold', blue)
    await join('guest', 'gold')
    expect(await servedBy(null)).toEqual(['blue'])
  })

  it('goes before one of service and route, and behind one of the consumer', async () => {
    await split('/services/shop', green)
    expect(await servedBy('anna', 'carla')).toEqual(['green', 'green'])
    await split('/consumer_groups/gold', blue)
    expect(await servedBy('anna', 'carla')).toEqual(['blue', 'green'])
    await split('/consumers/anna', green)
    expect(await servedBy('anna', 'bob')).toEqual(['green', 'blue'])
  })

  it('is that of the first group by name, whatever the name becomes', async () => {
    await split('/consumer_groups/gold', blue)
    await split('/consumer_groups/silver', green)
    expect(await servedBy('bob')).toEqual(['blue'])
    await gateway.admin('PATCH', '/consumer_groups/silver', { name: 'arch' })
    expect(await servedBy('bob')).toEqual(['green'])
  })

  it('does nothing while it is disabled', async () => {
    const { id } = await split('/consumer_groups/gold', blue)
    await gateway.admin('PATCH', `/plugins/${id}`, { enabled: false })
    expect(await servedBy('anna')).toEqual(['own'])
  })

  it('can limit bodies', async () => {
    await gateway.admin('POST', '/consumer_groups/gold/plugins', {
      name: 'request-size-limiting',
      config: { allowed_payload_size: 3, size_unit: 'bytes' },
    })
    const statuses = ['anna', 'carla'].map(async (name) => (await send(name, 'four')).status)
    expect(await Promise.all(statuses)).toEqual([413, 200])
  })
})

describe('an expression', () => {
  it('knows the group of a consumer by name and by id, of several the first by name', async () => {
    const { id } = await gateway.admin<Plugin>('PATCH', '/consumer_groups/gold', { tags: null })
    for (const vars of [[['consumer_group', '==', 'gold']], [['consumer_group_id', '==', id]]]) {
      const plugin = await split('/services/shop', blue, vars)
      expect(await servedBy('anna', 'bob', 'carla', null)).toEqual(['blue', 'blue', 'own', 'own'])
      await gateway.admin('DELETE', `/plugins/${plugin.id}`)
    }
    await split('/services/shop', blue, [['consumer_group', '==', 'silver']])
    expect(await servedBy('bob')).toEqual(['own'])
    await leave('bob', 'gold')
    expect(await servedBy('bob')).toEqual(['blue'])
  })

  it('follows a group to its new name', async () => {
    await split('/services/shop', blue, [['consumer_group', '==', 'arch']])
    expect(await servedBy('anna', 'bob')).toEqual(['own', 'own'])
    await gateway.admin('PATCH', '/consumer_groups/silver', { name: 'arch' })
    expect(await servedBy('anna', 'bob')).toEqual(['own', 'blue'])
  })
})
