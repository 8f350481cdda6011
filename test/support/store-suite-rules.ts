import { describe, expect, it } from 'vitest'
import { EXAMPLES } from './store-examples.ts'
import { type OpenStore, refusalOf, useStore } from './store-fixture.ts'
import { storedRow, uuid, withFields } from './store-rows.ts'

const { service, route, consumer, credential, group, plugin } = EXAMPLES

/** What every database must refuse, and what a deletion must take along. */
export function describeRules(open: OpenStore): void {
  const on = useStore(open)

  describe('unique values', () => {
    it('are refused a second time with the message and the field', async () => {
      await on.insert(service)
      const error = await refusalOf(on.insert(storedRow('services', 2, { name: 'shop' })))
      expect(error.code).toBe('unique_violation')
      expect(error.message).toBe(`UNIQUE violation detected on '{name="shop"}'`)
      expect(error.details).toEqual([{ path: ['name'], message: 'shop' }])
      expect(await on.store.load()).toEqual({ version: 1, rows: [service] })
    })

    it('of several fields name all of them, sorted, with null where there is none', async () => {
      await on.insert(service, plugin)
      const second = storedRow('plugins', 7, { service: { id: uuid(1) } })
      const error = await refusalOf(on.insert(second))
      expect(error.message).toBe(
        `UNIQUE violation detected on '{consumer=null,name="canary",route=null,service={id="${uuid(1)}"}}'`,
      )
      expect(error.details).toEqual([
        { path: ['consumer'], message: null },
        { path: ['name'], message: 'canary' },
        { path: ['route'], message: null },
        { path: ['service', 'id'], message: uuid(1) },
      ])
    })

    it('of several fields name a consumer group where there is one', async () => {
      await on.insert(storedRow('consumer_groups', 21))
      const limited = (n: number) =>
        withFields(storedRow('plugins', n), { consumer_group: { id: uuid(21) } })
      await on.insert(limited(7), storedRow('plugins', 8))
      const error = await refusalOf(on.insert(limited(9)))
      expect(error.message).toBe(
        `UNIQUE violation detected on '{consumer=null,consumer_group={id="${uuid(21)}"},name="canary",route=null,service=null}'`,
      )
    })

    it('of several fields may differ in one of them', async () => {
      await on.insert(service, route, plugin)
      await on.insert(storedRow('plugins', 7, { route: { id: uuid(2) } }), storedRow('plugins', 8))
      expect(await on.store.count('plugins')).toBe(3)
      await expect(on.insert(storedRow('plugins', 9))).rejects.toThrow(
        `'{consumer=null,name="canary",route=null,service=null}'`,
      )
    })

    it('are not compared where a single field is null', async () => {
      await on.insert(storedRow('services', 1), storedRow('services', 2))
      expect(await on.store.count('services')).toBe(2)
    })

    it('are refused by a replacement too, but not by the entity itself', async () => {
      const other = storedRow('services', 2, { name: 'bank' })
      await on.insert(service, other)
      await on.change((tx) => tx.replace(withFields(service, { host: 'b.test' })))
      const rename = on.change((tx) => tx.replace(withFields(other, { name: 'shop' })))
      expect((await refusalOf(rename)).code).toBe('unique_violation')
      expect(await on.store.get('services', uuid(2))).toEqual(other)
    })

    it('are free again after a rename or a deletion', async () => {
      await on.insert(service)
      await on.change((tx) => tx.replace(withFields(service, { name: 'bank' })))
      expect(await on.store.find('services', { name: 'shop' })).toBeNull()
      await on.insert(storedRow('services', 2, { name: 'shop' }))
      await on.change((tx) => tx.remove('services', uuid(1)))
      await on.insert(storedRow('services', 3, { name: 'bank' }))
      expect(await on.store.find('services', { name: 'bank' })).toMatchObject({
        entity: { id: uuid(3) },
      })
    })

    it('do not collide between kinds or between sets', async () => {
      await on.insert(
        storedRow('consumers', 1, { username: 'shop', custom_id: 'x' }),
        storedRow('consumers', 2, { username: 'x', custom_id: 'shop' }),
        service,
      )
      expect(await on.store.find('consumers', { custom_id: 'shop' })).toMatchObject({
        entity: { id: uuid(2) },
      })
    })
  })

  describe('ids', () => {
    it('are refused a second time within a kind', async () => {
      await on.insert(service)
      const error = await refusalOf(on.insert(storedRow('services', 1)))
      expect(error.code).toBe('primary_key_violation')
      expect(error.message).toBe(`primary key violation on key '{id="${uuid(1)}"}'`)
      await on.insert(storedRow('upstreams', 1))
    })

    it('must exist to be replaced', async () => {
      expect((await refusalOf(on.change((tx) => tx.replace(service)))).code).toBe('not_found')
    })
  })

  describe('foreign keys', () => {
    it('must point at an entity when it is inserted', async () => {
      const error = await refusalOf(on.insert(route))
      expect(error.code).toBe('foreign_key_violation')
      expect(error.message).toBe(
        `the foreign key '{id="${uuid(1)}"}' does not reference an existing 'services' entity.`,
      )
      expect(error.details).toEqual([{ path: ['service', 'id'], message: uuid(1) }])
      expect((await on.store.load()).rows).toEqual([])
    })

    it('must point at an entity when it is replaced', async () => {
      await on.insert(service, route)
      const move = on.change((tx) => tx.replace(withFields(route, { service: { id: uuid(99) } })))
      expect((await refusalOf(move)).code).toBe('foreign_key_violation')
    })

    it('may point at an entity of the same transaction', async () => {
      const { changes } = await on.insert(service, route)
      expect(changes.map((one) => one.kind)).toEqual(['services', 'routes'])
    })

    it('keep a service from deletion while a route points at it', async () => {
      await on.insert(service, route, plugin)
      const error = await refusalOf(on.remove(service))
      expect(error.code).toBe('foreign_key_violation')
      expect(error.message).toBe("an existing 'routes' entity references this 'services' entity")
      expect(error.details).toEqual([{ path: ['@referenced_by'], message: 'routes' }])
      expect((await on.store.load()).rows).toEqual([service, route, plugin])
    })

    it('keep what a list names from deletion, and let go what it names no more', async () => {
      const [one, two] = [storedRow('ca_certificates', 11), storedRow('ca_certificates', 12)]
      const https = { protocol: 'https', ca_certificates: [uuid(12), uuid(11), uuid(12)] }
      const secured = storedRow('services', 1, https)
      await on.insert(one, two, secured)
      for (const row of [one, two]) {
        const error = await refusalOf(on.remove(row))
        expect(error.code).toBe('referenced_by_others')
        expect(error.message).toBe(
          `ca certificate ${row.entity.id} is still referenced by services (id = ${uuid(1)})`,
        )
        expect(error.details).toEqual([{ path: ['@referenced_by'], message: 'services' }])
      }
      await on.change((tx) => tx.replace(withFields(secured, { ca_certificates: [uuid(12)] })))
      expect((await on.remove(one)).result).toBe(true)
      expect((await refusalOf(on.remove(two))).code).toBe('referenced_by_others')
      await on.remove(secured)
      expect((await on.remove(two)).result).toBe(true)
    })

    it('must each point at an entity in a list', async () => {
      await on.insert(storedRow('ca_certificates', 11))
      const https = { protocol: 'https', ca_certificates: [uuid(11), uuid(99)] }
      const error = await refusalOf(on.insert(storedRow('services', 1, https)))
      expect(error.message).toBe(
        `the foreign key '{id="${uuid(99)}"}' does not reference an existing 'ca_certificates' entity.`,
      )
      expect((await on.store.load()).rows).toHaveLength(1)
    })

    it('let go when they point elsewhere', async () => {
      await on.insert(service, route)
      await on.change((tx) => tx.replace(withFields(route, { service: null })))
      expect((await on.remove(service)).result).toBe(true)
    })

    it('take along what cascades, as changes of their own', async () => {
      const own = storedRow('plugins', 7, {
        name: 'acl',
        config: { allow: ['testers'] },
        service: { id: uuid(1) },
        route: { id: uuid(2) },
      })
      await on.insert(service, route, consumer, credential, group, plugin, own)
      const { changes, version } = await on.remove(consumer)
      expect(version).toBe(2)
      expect(changes.map((one) => [one.kind, one.id]).toSorted()).toEqual([
        ['acls', uuid(5)],
        ['consumers', uuid(3)],
        ['keyauth_credentials', uuid(4)],
      ])
      expect(changes).toContainEqual({ kind: 'acls', id: uuid(5), before: group, after: null })
      await on.change(async (tx) => {
        await tx.remove('routes', uuid(2))
        await tx.remove('services', uuid(1))
      })
      expect((await on.store.load()).rows).toEqual([])
      await on.insert(service, route, consumer, credential, group, plugin, own)
    })
  })
}
