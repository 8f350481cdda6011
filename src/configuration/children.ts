import type { EntityKind, EntityTypes, StoredEntity } from '../model/entity.ts'
import type { Page, StoreReader } from '../store/store.ts'

const PAGE_SIZE = 1000

/** Every entity of a kind whose foreign key `field` points at `id`, oldest first. */
export async function* childrenOf<K extends EntityKind>(
  reader: StoreReader,
  kind: K,
  parent: { readonly field: string; readonly id: string },
): AsyncGenerator<EntityTypes[K]> {
  let after: string | null = null
  do {
    const page: Page<StoredEntity<K>> = await reader.list(kind, {
      size: PAGE_SIZE,
      after,
      tags: null,
      parent,
      order: 'oldest-first',
    })
    for (const row of page.rows) yield row.entity
    after = page.next
  } while (after !== null)
}
