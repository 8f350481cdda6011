import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ENTITY_DEFINITIONS } from '../../src/model/entities.ts'
import { DeckClient } from '../support/deck-client.ts'
import type { DeckEvent } from '../support/deck-diff.ts'
import { TOLERATED_LISTS } from '../support/deck-dump.ts'
import { CHANGED_FILE, EXAMPLE_FILE, REDUCED_FILE } from '../support/deck-example.ts'
import {
  DECK_KIND_NAMES,
  DECK_KINDS,
  type DeckKind,
  type DeckState,
} from '../support/deck-kinds.ts'
import { type DeckPlayer, startDeckPlayer } from '../support/deck-player.ts'
import { GO_STRUCTS } from '../support/deck-structs.ts'
import { PARALLELISM } from '../support/deck-sync.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'

/** Bodies and paths are those of decK; see the files named deck-* in test/support. */

describe('decK, with a file of 500 entities', () => {
  let folder: string
  let gateway: TestGateway
  let deck: DeckPlayer

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'deck-'))
    gateway = await startTestGateway({ database: `sqlite:${join(folder, 'deck.db')}` })
    deck = startDeckPlayer(gateway.node.admin)
  })

  afterAll(async () => {
    deck?.close()
    await gateway?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('creates all of them with its own ids, ten calls at a time', async () => {
    const events = await deck.sync(EXAMPLE_FILE)
    expect(counted(events)).toEqual({ create: 500 })
    expect(deck.client.mostInFlight).toBeGreaterThanOrEqual(PARALLELISM)
    expect(gateway.logged).toEqual([])
    const { create = [] } = Object.groupBy(events, ({ operation }) => operation)
    const state = await deck.dump()
    for (const kind of DECK_KIND_NAMES) expect(state[kind].size, kind).toBeGreaterThan(0)
    for (const { kind, entity } of create) {
      if (entity.id !== undefined) expect(state[kind].has(String(entity.id))).toBe(true)
    }
  })

  test('finds nothing to do afterwards', async () => {
    expect(await deck.diff(EXAMPLE_FILE)).toEqual([])
  })

  test('finds nothing to do when it dumps in small pages', async () => {
    const [whole, paged] = [await deck.dump(), await deck.dump(37)]
    for (const kind of DECK_KIND_NAMES) expect(sorted(paged, kind)).toEqual(sorted(whole, kind))
  })

  test('finds nothing to do after the time that a canary without a start runs in has begun', async () => {
    gateway.advanceClock(3_600_000)
    expect(await deck.diff(EXAMPLE_FILE)).toEqual([])
  })

  test('changes 50, which keep their creation times, and finds nothing to do afterwards', async () => {
    const before = await deck.dump()
    expect(counted(await deck.sync(CHANGED_FILE))).toEqual({ update: 50 })
    expect(await deck.diff(CHANGED_FILE)).toEqual([])
    const after = await deck.dump()
    for (const kind of DECK_KIND_NAMES) {
      if (kind === 'acls' || kind === 'targets' || kind === 'certificates') continue
      for (const [key, entity] of after[kind]) {
        expect(entity.created_at).toEqual(before[kind].get(key)?.created_at)
      }
    }
  })

  test('deletes 30 after what depends on them, and finds nothing to do afterwards', async () => {
    expect(counted(await deck.sync(REDUCED_FILE))).toEqual({ delete: 30 })
    expect(await deck.diff(REDUCED_FILE)).toEqual([])
  })

  test('goes back to the first file in one run, and finds nothing to do afterwards', async () => {
    expect(counted(await deck.sync(EXAMPLE_FILE))).toEqual({ create: 30, update: 50 })
    expect(await deck.diff(EXAMPLE_FILE)).toEqual([])
    expect(gateway.logged).toEqual([])
  })

  test('takes everything away again', async () => {
    const empty = {
      certificates: [],
      ca_certificates: [],
      services: [],
      upstreams: [],
      consumer_groups: [],
      consumers: [],
      plugins: [],
    }
    expect(counted(await deck.sync(empty))).toEqual({ delete: 500 })
    const state = await deck.dump()
    for (const kind of DECK_KIND_NAMES) expect(state[kind].size).toBe(0)
  })
})

describe('decK, call by call', () => {
  let gateway: TestGateway
  let client: DeckClient

  beforeEach(async () => {
    gateway = await startTestGateway()
    client = new DeckClient(gateway.node.admin)
  })

  afterEach(async () => {
    client.close()
    await gateway.stop()
  })

  test('takes the gateway for a Kong from 3.4 on, whose plugins may be limited to a consumer group', async () => {
    const deck = startDeckPlayer(gateway.node.admin)
    const [major, minor] = await deck.ping()
    expect(major).toBe(3)
    expect(minor).toBeGreaterThanOrEqual(4)
    deck.close()
  })

  const lists = DECK_KIND_NAMES.flatMap((kind) => DECK_KINDS[kind].list ?? [])
  test.each(lists)('can list %s', async (path) => {
    expect(await client.call('GET', `${path}?size=1000`)).toMatchObject({ data: [], next: null })
  })

  test.each(Object.entries(TOLERATED_LISTS))(
    'gets an answer it tolerates for %s, which is not here',
    async (path, tolerated) => {
      const { status } = await client.send('GET', `${path}?size=1000`)
      expect([200, ...tolerated]).toContain(status)
    },
  )

  test('is answered 404 when it puts a target that is not there, and its id is kept when it posts it', async () => {
    const { id: upstream } = await create('upstreams', { name: 'blue.internal' })
    const id = 'f3d1b2a4-6c1e-4a5f-9a37-1b1f9d8e7c60'
    const body = { id, target: '10.0.0.1:80', weight: 5, upstream: { id: upstream } }
    const path = `/upstreams/${upstream}/targets`
    expect((await client.send('PUT', `${path}/${id}`, body)).status).toBe(404)
    expect(await client.call('POST', path, body)).toMatchObject({ id, weight: 5 })
    const changed = await client.call('PUT', `${path}/${id}`, { ...body, weight: 9 })
    expect(changed).toMatchObject({ id, weight: 9, created_at: expect.any(Number) })
  })

  const credentials = [
    ['acls', { group: 'beta' }],
    ['key-auth', { key: 'k-1' }],
    ['jwt', { key: 'iss-1', secret: 's', algorithm: 'HS256' }],
    ['basic-auth', { username: 'login', password: 'secret' }],
  ] as const
  test.each(credentials)(
    'puts a credential under /%s with the username beside the id of its consumer',
    async (segment, fields) => {
      const { id: consumer } = await create('consumers', { username: 'anna' })
      const id = '0d2f5a0e-7f8f-4a0c-8f2e-51a3c7d5be11'
      const body = { id, ...fields, consumer: { id: consumer, username: 'anna' } }
      const path = `/consumers/${consumer}/${segment}/${id}`
      const written = await client.call('PUT', path, body)
      const { password, ...shown } = { password: undefined, ...fields }
      expect(written).toMatchObject({ id, ...shown, consumer: { id: consumer } })
      if (password !== undefined) expect(written).not.toMatchObject({ password })
      expect(await client.call('GET', path)).toEqual(written)
    },
  )

  test('may send the two lists of a service as null', async () => {
    const id = '7a0c9c1e-1d62-4b3b-8b62-0c8d7b4f2a90'
    const body = { id, name: 'shop', host: 'a.test', tags: null, ca_certificates: null }
    expect(await client.call('PUT', `/services/${id}`, body)).toMatchObject(body)
  })

  test('keeps the names of a certificate by sending them with every change', async () => {
    const [{ snis, ...fields }] = EXAMPLE_FILE.certificates as [
      (typeof EXAMPLE_FILE.certificates)[number],
    ]
    const { id } = fields
    await client.call('PUT', `/certificates/${id}`, fields)
    for (const sni of snis) await create('snis', { ...sni, certificate: { id } })
    const names = snis.map(({ name }) => name)
    const body = { ...fields, tags: ['renewed'], snis: names }
    const changed = await client.call('PUT', `/certificates/${id}`, body)
    expect(changed).toMatchObject({ tags: ['renewed'], snis: expect.arrayContaining(names) })
    expect((await list('/snis')).length).toBe(names.length)
    await client.call('PUT', `/certificates/${id}`, fields)
    expect(await list('/snis')).toEqual([])
  })

  test('shows its user the message of an error', async () => {
    const put = client.call('PUT', '/services/6d5a3f9c-2f5b-4d8a-9d52-3c1f0c9a7e44', { port: 1 })
    await expect(put).rejects.toThrow('schema violation (host: required field missing)')
  })

  const schemas = ['services', 'routes', 'upstreams', 'targets'] as const
  test.each(schemas)(
    'finds every field of %s that it knows in their schema, once',
    async (kind) => {
      const schema = (await client.call('GET', `/schemas/${kind}`)) as SchemaDocument
      const names = schema.fields.flatMap((field) => Object.keys(field))
      expect(names).toEqual(expect.arrayContaining(Object.keys(GO_STRUCTS[kind])))
      expect(new Set(names).size).toBe(names.length)
      for (const field of schema.fields) expect(Object.keys(field)).toHaveLength(1)
    },
  )

  interface SchemaDocument {
    readonly fields: readonly Readonly<Record<string, unknown>>[]
  }

  async function create(segment: string, fields: object): Promise<{ readonly id: string }> {
    return (await client.call('POST', `/${segment}`, fields)) as { readonly id: string }
  }

  async function list(path: string): Promise<readonly unknown[]> {
    return ((await client.call('GET', path)) as { readonly data: readonly unknown[] }).data
  }
})

/**
 * What one run creates is in the way of the other: either may end at an entity that has come since it looked, and both
 * may. Nothing else may stop them, and what they leave half done must not disturb who comes next.
 */
const MET_THE_OTHER = /is taken already: 200|HTTP status (?:409|400 .*primary key violation)/

test('two runs of decK at the same time disturb each other, but no run after them', async () => {
  const gateway = await startTestGateway()
  const decks = [startDeckPlayer(gateway.node.admin), startDeckPlayer(gateway.node.admin)]
  const runs = await Promise.allSettled(decks.map((deck) => deck.sync(EXAMPLE_FILE)))
  for (const run of runs) {
    if (run.status === 'rejected') expect(String(run.reason)).toMatch(MET_THE_OTHER)
  }
  const [deck] = decks as [DeckPlayer]
  await deck.sync(EXAMPLE_FILE)
  expect(await deck.diff(EXAMPLE_FILE)).toEqual([])
  const state = await deck.dump()
  const sizes = DECK_KIND_NAMES.map((kind) => state[kind].size)
  expect(sizes.reduce((sum, size) => sum + size)).toBe(500)
  expect(gateway.logged).toEqual([])
  for (const { close } of decks) close()
  await gateway.stop()
})

test("the player knows as many kinds of entities as the gateway, but for that of APISIX's dialect alone", () => {
  const { plugin_configs: _ofApisix, ...kinds } = ENTITY_DEFINITIONS
  expect(DECK_KIND_NAMES).toHaveLength(Object.keys(kinds).length)
})

function counted(events: readonly DeckEvent[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { operation } of events) counts[operation] = (counts[operation] ?? 0) + 1
  return counts
}

function sorted(state: DeckState, kind: DeckKind): readonly unknown[] {
  return [...state[kind]].sort(([a], [b]) => (a < b ? -1 : 1))
}
