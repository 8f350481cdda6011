import { describe, expect, it } from 'vitest'
import type { AuditRecord, Page } from '../../src/store/store.ts'
import { EXAMPLES } from './store-examples.ts'
import { type OpenStore, useStore } from './store-fixture.ts'
import { AUDIT_PAGE, AUTHOR, storedRow, uuid, withFields } from './store-rows.ts'

const { service, consumer, credential } = EXAMPLES

/** What every database must remember of a change. */
export function describeAudit(open: OpenStore): void {
  const on = useStore(open)

  describe('the audit log', () => {
    it('tells who changed what, when, from what to what', async () => {
      await on.insert(service)
      const moved = withFields(service, { host: 'b.test' })
      const author = { actor: 'ben', requestId: 'r2', at: new Date('2026-03-02T00:00:00.456Z') }
      await on.store.change(
        author,
        (tx) => tx.replace(moved),
        () => {},
      )
      await on.remove(moved)
      const common = { kind: 'services', entityId: uuid(1) }
      expect((await on.store.audit(AUDIT_PAGE)).rows).toEqual([
        {
          ...common,
          ...AUTHOR,
          sequence: 3,
          version: 3,
          action: 'delete',
          before: moved.entity,
          after: null,
        },
        {
          ...common,
          ...author,
          sequence: 2,
          version: 2,
          action: 'update',
          before: service.entity,
          after: moved.entity,
        },
        {
          ...common,
          ...AUTHOR,
          sequence: 1,
          version: 1,
          action: 'create',
          before: null,
          after: service.entity,
        },
      ])
    })

    it('tells in which versions an entity was made and last changed, since it was made last', async () => {
      await on.insert(service)
      await on.remove(service)
      await on.insert(service, consumer)
      await on.change((tx) => tx.replace(withFields(service, { host: 'b.test' })))
      const ids = [service.entity.id, consumer.entity.id]
      expect([...(await on.store.versionsOf('services', ids))]).toEqual([
        [service.entity.id, { created: 3, modified: 4 }],
      ])
      expect(await on.store.versionsOf('services', [])).toEqual(new Map())
    })

    it('keeps no secret', async () => {
      await on.insert(consumer, credential)
      await on.change((tx) => tx.replace(withFields(credential, { key: 'new-secret' })))
      await on.remove(consumer)
      const { rows } = await on.store.audit(AUDIT_PAGE)
      expect(JSON.stringify(rows)).not.toMatch(/open-sesame|new-secret/)
      const [update] = rows.filter((row) => row.action === 'update')
      expect(update?.before).toEqual({ ...credential.entity, key: '[redacted]' })
      expect(await on.store.count('keyauth_credentials')).toBe(0)
    })

    it('is cut where a page would become long', async () => {
      const paths = (letter: string) => Array(100).fill(`/${letter.repeat(8000)}`)
      await on.insert(storedRow('routes', 1, { paths: paths('a') }))
      for (const letter of 'bcd') {
        const changed = storedRow('routes', 1, { paths: paths(letter) })
        await on.change((tx) => tx.replace(changed))
      }
      const pages: number[][] = []
      let after: string | null = null
      do {
        const page: Page<AuditRecord> = await on.store.audit({ ...AUDIT_PAGE, after })
        pages.push(page.rows.map(({ sequence }) => sequence))
        after = page.next
      } while (after !== null)
      expect(pages).toEqual([[4], [3], [2], [1]])
    })

    it('filters by kind, entity and actor, and comes in pages', async () => {
      await on.insert(service, consumer)
      await on.store.change(
        { ...AUTHOR, actor: 'ben' },
        (tx) => tx.insert(storedRow('services', 9)),
        () => {},
      )
      const sequences = async (query: object): Promise<number[]> =>
        (await on.store.audit({ ...AUDIT_PAGE, ...query })).rows.map((row) => row.sequence)
      expect(await sequences({ entity: { kind: 'services', id: null } })).toEqual([3, 1])
      expect(await sequences({ entity: { kind: 'services', id: uuid(1) } })).toEqual([1])
      expect(await sequences({ entity: { kind: 'nonsense', id: null } })).toEqual([])
      expect(await sequences({ actor: 'ben' })).toEqual([3])
      const first = await on.store.audit({ ...AUDIT_PAGE, size: 2 })
      expect(first.rows.map((row) => row.sequence)).toEqual([3, 2])
      expect(await sequences({ after: first.next })).toEqual([1])
      await expect(sequences({ after: 'x' })).rejects.toMatchObject({ code: 'invalid_offset' })
    })
  })
}
