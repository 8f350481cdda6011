import { expect, it } from 'vitest'
import type { StoredEntity } from '../../src/model/entity.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryDatabase } from '../support/store-files.ts'
import { AUTHOR, storedRow, uuid } from '../support/store-rows.ts'
import { tamper } from '../support/store-tables.ts'

const service = storedRow('services', 1)
const route = storedRow('routes', 2, { service: { id: uuid(1) } })
const plugin = storedRow('plugins', 3, { service: { id: uuid(1) } })
const everywhere = storedRow('plugins', 4)

/** Takes 0003 and later back: one reference per field, plugins unique without their consumer group, no releases. */
const BACK_TO_0002 = `
  drop table release_events; drop table release_deliveries; drop table releases;
  drop table release_freezes; drop table release_stop; drop table release_stop_lift; drop table release_link_key;
  drop index entity_refs_by_parent;
  alter table entity_refs rename to newer;
  create table entity_refs (from_kind text not null, from_id text not null, field text not null,
    to_kind text not null, to_id text not null,
    constraint entity_refs_primary_key primary key (from_kind, from_id, field),
    constraint entity_refs_from foreign key (from_kind, from_id)
      references entities (kind, id) on delete cascade,
    constraint entity_refs_to foreign key (to_kind, to_id) references entities (kind, id));
  insert into entity_refs select * from newer;
  drop table newer;
  create index entity_refs_by_parent on entity_refs (to_kind, to_id, from_kind, field);
  update entity_unique set fields = 'name,route,service,consumer',
    value = replace(value, ',null]', ']') where kind = 'plugins';
  delete from kysely_migration where name > '0002-node'`

async function upgraded(): Promise<Store> {
  const path = temporaryDatabase()
  const store = await openStore(`sqlite:${path}`)
  await insert(store, service, route, plugin, everywhere)
  await store.close()
  tamper(path, BACK_TO_0002)
  return openStore(`sqlite:${path}`)
}

it('an older database keeps its references, and takes lists of them', async () => {
  const store = await upgraded()
  expect((await store.load()).rows).toEqual([service, route, plugin, everywhere])
  await expect(remove(store, service)).rejects.toThrow("an existing 'routes' entity references")
  const authorities = [storedRow('ca_certificates', 11), storedRow('ca_certificates', 12)]
  const https = { protocol: 'https', ca_certificates: [uuid(11), uuid(12)] }
  await insert(store, ...authorities, storedRow('services', 13, https))
  for (const row of authorities) {
    await expect(remove(store, row)).rejects.toThrow('is still referenced by services')
  }
  await remove(store, route)
  await remove(store, service)
  expect(await store.count('plugins')).toBe(1)
  await store.close()
})

it('an older database still has every plugin once', async () => {
  const store = await upgraded()
  for (const again of [
    storedRow('plugins', 21),
    storedRow('plugins', 22, { service: { id: uuid(1) } }),
  ]) {
    await expect(insert(store, again)).rejects.toThrow('UNIQUE violation detected')
  }
  await store.close()
})

function insert(store: Store, ...rows: readonly StoredEntity[]) {
  return change(store, async (tx) => {
    for (const row of rows) await tx.insert(row)
  })
}

function remove(store: Store, { kind, entity }: StoredEntity) {
  return change(store, async (tx) => {
    await tx.remove(kind, entity.id)
  })
}

function change(store: Store, work: Parameters<Store['change']>[1]) {
  return store.change(AUTHOR, work, () => {})
}
