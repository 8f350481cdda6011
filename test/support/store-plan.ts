import type { EntityKind, StoredEntity } from '../../src/model/entity.ts'
import type { ChangeAuthor, Store, StoreTransaction } from '../../src/store/store.ts'
import { storedRow, uuid, withFields } from './store-rows.ts'

/** How many changes a stream has. */
export const PLAN_LENGTH = 500

/**
 * Makes change number `step` (1 … PLAN_LENGTH) of a fixed stream that creates, renames, retags and deletes,
 * over several kinds at once. Each step is one transaction that changes something, so after `n` of them the
 * store is at version `n`, and its content depends on `n` alone.
 */
export async function makePlannedChange(store: Store, step: number): Promise<number> {
  const author: ChangeAuthor = {
    actor: `actor-${step % 3}`,
    requestId: `request-${step}`,
    at: new Date(1_700_000_000_000 + step),
  }
  const { version } = await store.change(
    author,
    (tx) => work(tx, step),
    () => {},
  )
  return version
}

/** Every fifth step deletes what four steps before it created, and what hangs on it. */
async function work(tx: StoreTransaction, step: number): Promise<void> {
  const base = step * 10
  switch (step % 5) {
    case 1:
      await tx.insert(storedRow('consumers', base, { tags: ['a', `step-${step}`] }))
      await tx.insert(storedRow('keyauth_credentials', base + 1, { consumer: { id: uuid(base) } }))
      await tx.insert(storedRow('acls', base + 2, { consumer: { id: uuid(base) } }))
      return
    case 2:
      await tx.insert(storedRow('services', base, { name: `service-${step}`, tags: ['b'] }))
      await tx.insert(storedRow('routes', base + 1, { service: { id: uuid(base) } }))
      await tx.insert(storedRow('plugins', base + 2, { service: { id: uuid(base) } }))
      return
    case 3:
      await change(tx, 'services', base - 10, { name: `renamed-${step}`, tags: ['c', 'd'] })
      await change(tx, 'plugins', base - 8, { enabled: false })
      return
    case 4:
      await change(tx, 'routes', base - 19, { service: null, name: `free-${step}` })
      await tx.remove('services', uuid(base - 20))
      return
    default:
      await tx.remove('consumers', uuid(base - 40))
      await tx.insert(storedRow('upstreams', base, { name: `upstream-${step}` }))
      await tx.insert(storedRow('targets', base + 1, { upstream: { id: uuid(base) } }))
  }
}

async function change<K extends EntityKind>(
  tx: StoreTransaction,
  kind: K,
  n: number,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const row: StoredEntity<K> | null = await tx.get(kind, uuid(n))
  if (row === null) throw new Error(`${kind} ${n} is not there`)
  await tx.replace(withFields(row, fields))
}
