import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/model/entity.ts'
import type { StoreTransaction } from '../../src/store/store.ts'
import { EXAMPLES } from './store-examples.ts'
import { type OpenStore, refusalOf, useStore } from './store-fixture.ts'
import { AUDIT_PAGE, AUTHOR, FIRST_PAGE, storedRow, uuid, withFields } from './store-rows.ts'

const { service, route, consumer } = EXAMPLES

/** What every database must promise of a transaction. */
export function describeTransactions(open: OpenStore): void {
  const on = useStore(open)

  describe('a transaction', () => {
    it('sees its own writes, and nobody else before its end', async () => {
      await on.change(async (tx) => {
        await tx.insert(service)
        expect(await tx.get('services', uuid(1))).toEqual(service)
        expect(await tx.find('services', { name: 'shop' })).toEqual(service)
        expect(await tx.count('services')).toBe(1)
        expect((await tx.list('services', FIRST_PAGE)).rows).toEqual([service])
        await tx.remove('services', uuid(1))
        expect(await tx.get('services', uuid(1))).toBeNull()
      })
    })

    it('answers with the result, the version and the changes', async () => {
      const committed = await on.change(async (tx) => {
        await tx.insert(service)
        return 'done'
      })
      expect(committed).toEqual({
        result: 'done',
        version: 1,
        changes: [{ kind: 'services', id: uuid(1), before: null, after: service }],
      })
    })

    it('counts several writes to one entity as one change', async () => {
      const second = withFields(service, { host: 'b.test' })
      const third = withFields(service, { host: 'c.test' })
      const created = await on.change(async (tx) => {
        await tx.insert(service)
        await tx.replace(second)
      })
      expect(created.changes).toEqual([
        { kind: 'services', id: uuid(1), before: null, after: second },
      ])
      const updated = await on.change(async (tx) => {
        await tx.remove('services', uuid(1))
        await tx.insert(service)
        await tx.replace(third)
      })
      expect(updated.changes).toEqual([
        { kind: 'services', id: uuid(1), before: second, after: third },
      ])
      expect((await on.store.audit(AUDIT_PAGE)).rows.map((row) => row.action)).toEqual([
        'update',
        'create',
      ])
    })

    it('changes neither version nor audit when it ends as it began', async () => {
      await on.insert(service)
      const nothing = await on.change(async (tx) => {
        await tx.replace(service)
        await tx.insert(consumer)
        await tx.remove('consumers', uuid(3))
        expect(await tx.remove('consumers', uuid(99))).toBe(false)
        await tx.remove('services', uuid(1))
        await tx.insert(service)
      })
      expect(nothing).toEqual({ result: undefined, version: 1, changes: [] })
      expect((await on.store.audit(AUDIT_PAGE)).rows).toHaveLength(1)
      await on.insert(storedRow('services', 2))
      expect((await on.store.load()).version).toBe(2)
    })

    it('leaves nothing behind when its work throws', async () => {
      await on.insert(service)
      const failure = new Error('no')
      await expect(
        on.change(async (tx) => {
          await tx.insert(consumer)
          await tx.remove('services', uuid(1))
          throw failure
        }),
      ).rejects.toBe(failure)
      expect(await on.store.load()).toEqual({ version: 1, rows: [service] })
      expect((await on.store.audit(AUDIT_PAGE)).rows).toHaveLength(1)
    })

    it('cannot be committed in part by catching an error', async () => {
      await on.insert(service)
      const sly = on.change(async (tx) => {
        await tx.insert(consumer)
        await tx.insert(storedRow('services', 2, { name: 'shop' })).catch(() => {})
        await tx.insert(storedRow('services', 3)).catch(() => {})
      })
      expect((await refusalOf(sly)).code).toBe('unique_violation')
      expect(await on.store.load()).toEqual({ version: 1, rows: [service] })
    })

    it('shows its changes before the commit, and is undone when they are refused', async () => {
      await on.insert(service)
      const shown: [readonly Change[], number][] = []
      const refused = new Error('does not compile')
      const attempt = on.store.change(
        AUTHOR,
        (tx) => tx.insert(consumer),
        (changes, version) => {
          shown.push([changes, version])
          throw refused
        },
      )
      await expect(attempt).rejects.toBe(refused)
      expect(shown).toEqual([
        [[{ kind: 'consumers', id: uuid(3), before: null, after: consumer }], 2],
      ])
      expect(await on.store.load()).toEqual({ version: 1, rows: [service] })
      expect((await on.insert(consumer)).version).toBe(2)
    })

    it('asks before the commit even when nothing changes', async () => {
      const shown: [readonly Change[], number][] = []
      await on.store.change(
        AUTHOR,
        async () => {},
        (changes, version) => void shown.push([changes, version]),
      )
      expect(shown).toEqual([[[], 0]])
    })

    it('runs alone: of many at once each sees the one before', async () => {
      await on.insert(storedRow('consumers', 1, { custom_id: '0' }))
      const increment = async (tx: StoreTransaction): Promise<void> => {
        const row = await tx.get('consumers', uuid(1))
        if (row === null) throw new Error('lost')
        await tx.replace(withFields(row, { custom_id: String(Number(row.entity.custom_id) + 1) }))
      }
      const versions = await Promise.all(
        Array.from({ length: 50 }, async () => (await on.change(increment)).version),
      )
      expect(versions).toEqual(Array.from({ length: 50 }, (_, i) => i + 2))
      expect(await on.store.get('consumers', uuid(1))).toMatchObject({
        entity: { custom_id: '50' },
      })
    })

    it('stops code that would wait for its own end', async () => {
      await expect(on.change(() => on.store.get('services', uuid(1)))).rejects.toThrow(
        'Store.change',
      )
      await expect(on.change(() => on.insert(service))).rejects.toThrow('Store.change')
      await on.insert(service)
    })

    it('carries thousands of rows', async () => {
      const rows = Array.from({ length: 2500 }, (_, n) => storedRow('consumers', n))
      const { changes } = await on.insert(...rows)
      expect(changes).toHaveLength(2500)
      expect((await on.store.load()).rows).toEqual(rows)
      expect((await on.store.audit({ ...AUDIT_PAGE, size: 1 })).rows[0]?.sequence).toBe(2500)
    })
  })

  describe('after close', () => {
    it('waits for what was asked before, and says that it is closed from then on', async () => {
      const before = [on.insert(service), on.insert(consumer)]
      const read = on.store.count('services')
      await on.store.close()
      expect((await Promise.all(before)).map((one) => one.version)).toEqual([1, 2])
      expect(await read).toBeTypeOf('number')
      expect((await refusalOf(on.insert(route))).code).toBe('database_unavailable')
      await expect(on.store.load()).rejects.toThrow('closed')
      expect(await on.store.isReachable()).toBe(false)
      await on.store.close()
    })
  })
}
