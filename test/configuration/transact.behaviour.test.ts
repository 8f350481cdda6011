import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTransact } from '../../src/configuration/transact.ts'
import type { StoredEntity } from '../../src/model/entity.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { parseEntity } from '../../src/model/validate.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'

const AUTHOR = { actor: 'ada', requestId: '0'.repeat(32), at: new Date(0) }

let store: Store
beforeEach(async () => {
  store = await openStore('sqlite::memory:')
})
afterEach(() => store.close())

function upstream(number: number): StoredEntity<'upstreams'> {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const times = { created_at: 1, updated_at: 1 }
  const entity = parseEntity('upstreams', { id, name: `u${number}`, ...times })
  return { kind: 'upstreams', entity, internals: {} }
}

it('serves each change before the next one is prepared, however many come at once', async () => {
  const steps: string[] = []
  const transact = createTransact(store, {
    prepare: (_changes, version) => void steps.push(`prepare ${version}`),
    activate: () => void steps.push('activate'),
  })
  await Promise.all(
    [1, 2, 3].map(async (number) => {
      await transact(AUTHOR, (transaction) => transaction.insert(upstream(number)))
      steps.push('answer')
    }),
  )
  expect(steps.filter((step) => step !== 'answer')).toEqual([
    'prepare 1',
    'activate',
    'prepare 2',
    'activate',
    'prepare 3',
    'activate',
  ])
  expect(steps.indexOf('answer')).toBeGreaterThan(steps.indexOf('activate'))
})

it('stores nothing that does not compile, and goes on with the next change', async () => {
  let isRefusing = true
  const active: string[] = []
  const transact = createTransact(store, {
    prepare: () => {
      if (isRefusing) throw new GatewayError('schema_violation', 'does not compile')
    },
    activate: () => void active.push('activate'),
  })
  const refused = transact(AUTHOR, (transaction) => transaction.insert(upstream(1)))
  await expect(refused).rejects.toThrow('does not compile')
  expect([await store.count('upstreams'), active]).toEqual([0, []])
  isRefusing = false
  await transact(AUTHOR, (transaction) => transaction.insert(upstream(1)))
  expect([await store.count('upstreams'), active]).toEqual([1, ['activate']])
})

it('activates nothing when nothing changed', async () => {
  const transact = createTransact(store, {
    prepare: () => {},
    activate: () => {
      throw new Error('there is nothing to activate')
    },
  })
  expect(await transact(AUTHOR, (transaction) => transaction.remove('upstreams', 'x'))).toBe(false)
})
