import { beforeEach, describe, expect, it } from 'vitest'
import type { StoredEntity } from '../../src/model/entity.ts'
import type { Page, TagRow } from '../../src/store/store.ts'
import { EXAMPLES } from './store-examples.ts'
import { type OpenStore, useStore } from './store-fixture.ts'
import { FIRST_PAGE, storedRow, uuid, withFields } from './store-rows.ts'

const { service, consumer, credential, group, plugin } = EXAMPLES

/** What every database must do when it is read. */
export function describeReading(open: OpenStore): void {
  const on = useStore(open)

  describe('reading', () => {
    it('is empty at version 0 at first', async () => {
      expect(await on.store.load()).toEqual({ version: 0, rows: [] })
      expect(await on.store.count('services')).toBe(0)
      expect(await on.store.get('services', uuid(1))).toBeNull()
      expect(await on.store.isReachable()).toBe(true)
    })

    it('gives back what was inserted, with its internals', async () => {
      const timed: StoredEntity<'plugins'> = {
        ...plugin,
        internals: { timedSince: 1_700_000_123_456 },
      }
      await on.insert(service, timed)
      expect(await on.store.get('services', uuid(1))).toEqual(service)
      expect(await on.store.get('plugins', uuid(6))).toEqual(timed)
      expect(await on.store.load()).toEqual({ version: 1, rows: [service, timed] })
      expect(await on.store.count('plugins')).toBe(1)
    })

    it('finds an entity by each of its unique sets', async () => {
      const upstream = storedRow('upstreams', 7, { name: 'blue' })
      const target = storedRow('targets', 8, { target: '10.0.0.1:80', upstream: { id: uuid(7) } })
      await on.insert(service, consumer, credential, group, upstream, target)
      expect(await on.store.find('services', { name: 'shop' })).toEqual(service)
      expect(await on.store.find('services', { name: 'Shop' })).toBeNull()
      expect(await on.store.find('keyauth_credentials', { key: 'open-sesame' })).toEqual(credential)
      expect(await on.store.find('acls', { group: 'testers', consumer: uuid(3) })).toEqual(group)
      expect(await on.store.find('acls', { group: 'testers', consumer: uuid(4) })).toBeNull()
      expect(await on.store.find('targets', { upstream: uuid(7), target: '10.0.0.1:80' })).toEqual(
        target,
      )
    })

    it('rejects a search by fields that are not unique together', async () => {
      await expect(on.store.find('services', { host: 'address.test' })).rejects.toThrow(TypeError)
    })

    it('keeps every character of a name', async () => {
      const odd = storedRow('services', 1, { name: 'größe_日本~語' })
      await on.insert(odd)
      expect(await on.store.find('services', { name: 'größe_日本~語' })).toEqual(odd)
    })
  })

  describe('lists', () => {
    const services = [1, 2, 3, 4, 5].map((n) =>
      storedRow('services', 10 - n, {
        name: `service-${n}`,
        tags: [n % 2 === 0 ? 'even' : 'odd', ...(n > 3 ? ['late'] : [])],
      }),
    )

    beforeEach(async () => {
      await on.insert(...services)
    })

    it('come in the order of creation, or in its reverse', async () => {
      expect((await on.store.list('services', FIRST_PAGE)).rows).toEqual(services)
      const newest = await on.store.list('services', { ...FIRST_PAGE, order: 'newest-first' })
      expect(newest.rows).toEqual(services.toReversed())
    })

    it('keep the place of an entity that is replaced', async () => {
      await on.change((tx) =>
        tx.replace(withFields(services[1] as StoredEntity, { host: 'b.test' })),
      )
      const { rows } = await on.store.list('services', FIRST_PAGE)
      expect(rows.map((row) => row.entity.name)).toEqual(services.map((row) => row.entity.name))
    })

    it.each(['oldest-first', 'newest-first'] as const)(
      'come in pages without repeating or losing a row, %s',
      async (order) => {
        const seen: unknown[] = []
        let after: string | null = null
        do {
          const page: Page<StoredEntity> = await on.store.list('services', {
            ...FIRST_PAGE,
            order,
            size: 2,
            after,
          })
          expect(page.rows.length).toBeLessThanOrEqual(2)
          seen.push(...page.rows)
          after = page.next
        } while (after !== null)
        expect(seen).toEqual(order === 'oldest-first' ? services : services.toReversed())
      },
    )

    it.each(['oldest-first', 'newest-first'] as const)(
      'are cut where they would become long, and lose nothing, %s',
      async (order) => {
        const long = (n: number) =>
          storedRow('routes', n, { paths: Array(40).fill(`/${'a'.repeat(8000)}`) })
        const routes = [long(1), long(2), long(3), long(4), storedRow('routes', 5)]
        await on.insert(...routes)
        const pages: StoredEntity[][] = []
        let after: string | null = null
        do {
          const page: Page<StoredEntity> = await on.store.list('routes', {
            ...FIRST_PAGE,
            order,
            after,
          })
          pages.push([...page.rows])
          after = page.next
        } while (after !== null)
        expect(pages.map((page) => page.length)).toEqual(order === 'oldest-first' ? [3, 2] : [4, 1])
        expect(pages.flat()).toEqual(order === 'oldest-first' ? routes : routes.toReversed())
      },
    )

    it('hold one row at least, however long it is', async () => {
      const [first, second] = [1, 2].map((n) =>
        storedRow('routes', n, { paths: Array(200).fill(`/${'a'.repeat(8000)}`) }),
      )
      await on.insert(first as StoredEntity, second as StoredEntity)
      const page = await on.store.list('routes', FIRST_PAGE)
      expect([page.rows, page.next]).toEqual([[first], '6'])
      const last = await on.store.list('routes', { ...FIRST_PAGE, after: page.next })
      expect([last.rows, last.next]).toEqual([[second], null])
    })

    it('end exactly at the last row', async () => {
      expect((await on.store.list('services', { ...FIRST_PAGE, size: 5 })).next).toBeNull()
      expect((await on.store.list('services', { ...FIRST_PAGE, size: 4 })).next).not.toBeNull()
    })

    it('go on after the rows that were deleted in between', async () => {
      const first = await on.store.list('services', { ...FIRST_PAGE, size: 2 })
      await on.remove(services[1] as StoredEntity)
      const second = await on.store.list('services', { ...FIRST_PAGE, size: 2, after: first.next })
      expect(second.rows).toEqual(services.slice(2, 4))
    })

    it.each(['x', '', '-1', '1.5', '01', '9007199254740993'])(
      'refuse the position %o',
      async (after) => {
        await expect(on.store.list('services', { ...FIRST_PAGE, after })).rejects.toMatchObject({
          code: 'invalid_offset',
        })
      },
    )

    it.each([
      { values: ['even'], mode: 'all', expected: [2, 4] },
      { values: ['even', 'late'], mode: 'all', expected: [4] },
      { values: ['even', 'late'], mode: 'any', expected: [2, 4, 5] },
      { values: ['none'], mode: 'any', expected: [] },
      { values: ['odd', 'even'], mode: 'all', expected: [] },
    ] as const)('filter by $mode of the tags $values', async ({ values, mode, expected }) => {
      const { rows } = await on.store.list('services', { ...FIRST_PAGE, tags: { values, mode } })
      expect(rows.map((row) => row.entity.name)).toEqual(expected.map((n) => `service-${n}`))
    })

    it('follow the tags of an entity that is replaced', async () => {
      await on.change((tx) => tx.replace(withFields(services[1] as StoredEntity, { tags: null })))
      const tags = { values: ['even'], mode: 'any' } as const
      const { rows } = await on.store.list('services', { ...FIRST_PAGE, tags })
      expect(rows.map((row) => row.entity.name)).toEqual(['service-4'])
    })

    it('filter by parent, also with tags and pages', async () => {
      const parent = { field: 'service', id: uuid(9) }
      const routes = [21, 22, 23, 24].map((n) =>
        storedRow('routes', n, {
          service: { id: n === 23 ? uuid(8) : uuid(9) },
          tags: n === 24 ? null : ['mine'],
        }),
      )
      await on.insert(...routes)
      const ids = async (query: object): Promise<string[]> =>
        (await on.store.list('routes', { ...FIRST_PAGE, parent, ...query })).rows.map(
          (row) => row.entity.id,
        )
      expect(await ids({})).toEqual([uuid(21), uuid(22), uuid(24)])
      expect(await ids({ order: 'newest-first' })).toEqual([uuid(24), uuid(22), uuid(21)])
      expect(await ids({ tags: { values: ['mine'], mode: 'all' } })).toEqual([uuid(21), uuid(22)])
      const first = await on.store.list('routes', { ...FIRST_PAGE, parent, size: 2 })
      expect(await ids({ after: first.next })).toEqual([uuid(24)])
    })
  })

  describe('tags', () => {
    const ALL = { size: 100, after: null, tag: null }
    const row = (kind: string, n: number, tag: string) => ({ kind, entityId: uuid(n), tag })
    const ROWS = [
      row('consumers', 3, 'a'),
      row('services', 1, 'a'),
      row('services', 1, 'ä b'),
      row('services', 2, 'a'),
    ]

    beforeEach(async () => {
      await on.insert(
        storedRow('services', 2, { tags: ['a'] }),
        storedRow('services', 1, { tags: ['ä b', 'a'] }),
        storedRow('consumers', 3, { username: 'anna', tags: ['a'] }),
        storedRow('consumers', 4, { username: 'bob' }),
      )
    })

    it('come with their entities by kind, entity and tag, all or one of them', async () => {
      expect(await on.store.tags(ALL)).toEqual({ rows: ROWS, next: null })
      expect((await on.store.tags({ ...ALL, tag: 'ä b' })).rows).toEqual([ROWS[2]])
      expect((await on.store.tags({ ...ALL, tag: 'none' })).rows).toEqual([])
    })

    it.each([1, 2, 3, 4])('come in pages of %d, the last without a next one', async (size) => {
      const seen: unknown[] = []
      let after: string | null = null
      do {
        const page: Page<TagRow> = await on.store.tags({ ...ALL, size, after })
        seen.push(...page.rows)
        after = page.next
      } while (after !== null)
      expect(seen).toEqual(ROWS)
    })

    it('refuse a position that is none', async () => {
      const refused = on.store.tags({ ...ALL, after: 'services' })
      await expect(refused).rejects.toMatchObject({ code: 'invalid_offset' })
    })
  })
}
