import { randomUUID } from 'node:crypto'
import { ENTITY_DEFINITIONS } from '../../src/model/entities.ts'
import type { EntityKind, StoredEntity } from '../../src/model/entity.ts'
import { parseEntity } from '../../src/model/validate.ts'
import { openStore } from '../../src/store/open-store.ts'
import { keyOf, pathOf } from './request-heads.ts'

export interface Seed {
  /** As the setting `database` takes it. */
  readonly database: string
  readonly routes: number
  readonly consumers: number
  readonly ports: { readonly v1: number; readonly v2: number }
}

/** Instance name of the canary plugin that is seeded. */
export const SEEDED_CANARY = 'bench-canary'

const BATCH_SIZE = 5_000

/**
 * Writes a configuration straight through the store, as an export would be restored: one service
 * with a canary at 50 %, routes by path, consumers with a key each.
 */
export async function seedDatabase(seed: Seed): Promise<void> {
  const store = await openStore(seed.database)
  try {
    const author = { actor: 'bench', requestId: 'seed', at: new Date() }
    const rows = configuration(seed)
    for (let batch = take(rows, BATCH_SIZE); batch.length > 0; batch = take(rows, BATCH_SIZE)) {
      await store.change(
        author,
        async (transaction) => {
          for (const row of batch) await transaction.insert(row)
        },
        () => undefined,
      )
    }
  } finally {
    await store.close()
  }
}

function* configuration(seed: Seed): Generator<StoredEntity> {
  const service = { id: randomUUID() }
  yield row('services', { ...service, name: 'bench', host: '127.0.0.1', port: seed.ports.v1 })
  yield row('plugins', {
    name: 'canary',
    instance_name: SEEDED_CANARY,
    service,
    config: {
      percentage: 50,
      hash: 'header',
      hash_header: 'x-user',
      upstream_host: '127.0.0.1',
      upstream_port: seed.ports.v2,
    },
  })
  if (seed.routes === 1) yield row('routes', { paths: ['/api'], strip_path: false, service })
  else {
    for (let n = 0; n < seed.routes; n++) {
      yield row('routes', { paths: [pathOf(n)], strip_path: false, service })
    }
  }
  for (let n = 0; n < seed.consumers; n++) {
    const consumer = { id: randomUUID() }
    yield row('consumers', { ...consumer, username: `consumer-${n}` })
    yield row('keyauth_credentials', { key: keyOf(n), consumer })
  }
}

function row(kind: EntityKind, fields: Record<string, unknown>): StoredEntity {
  const at = Math.floor(Date.now() / 1000)
  const { hasUpdatedAt, internals } = ENTITY_DEFINITIONS[kind]
  const entity = parseEntity(kind, {
    id: randomUUID(),
    created_at: at,
    ...(hasUpdatedAt && { updated_at: at }),
    ...fields,
  })
  return { kind, entity, internals: internals?.(null, entity as never, Date.now()) ?? {} }
}

function take<T>(source: Iterator<T>, count: number): T[] {
  const taken: T[] = []
  while (taken.length < count) {
    const { done, value } = source.next()
    if (done) break
    taken.push(value)
  }
  return taken
}
