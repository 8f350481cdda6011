import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Admin, startAdmin } from '../admin/admin-harness.ts'
import { ENDPOINTS, FUZZED_KINDS, type FuzzedKind } from './endpoints.ts'
import { PROPERTY_RUNS, SEED } from './fuzz-settings.ts'
import { PARENT_COUNTS, PARENT_KINDS, type ParentKind, parentBody, withParents } from './parents.ts'
import { VALID } from './valid-entities.ts'
import type { Document } from './valid-values.ts'

vi.setConfig({ testTimeout: 60_000 + 500 * PROPERTY_RUNS })

/** A configuration of all kinds; what does not go together is left out when it is created. */
const anyEntities = fc.array(
  fc
    .constantFrom(...FUZZED_KINDS)
    .chain((kind: FuzzedKind) =>
      VALID[kind].map((document): readonly [FuzzedKind, Document] => [kind, document]),
    ),
  { minLength: 5, maxLength: 20 },
)

let admin: Admin
let empty: Admin
const parents: Record<ParentKind, string[]> = {} as never

beforeAll(async () => {
  admin = await startAdmin()
  empty = await startAdmin()
  for (const kind of PARENT_KINDS) {
    parents[kind] = []
    for (let index = 0; index < PARENT_COUNTS[kind]; index++) {
      const { json } = await admin.call('POST', `/${kind}`, { json: parentBody(kind, index) })
      parents[kind].push(json.id)
    }
  }
})

afterAll(async () => {
  await admin?.close()
  await empty?.close()
})

test('any configuration is the same after dump, apply on an empty gateway, and dump', async () => {
  const base = await dumpOf(admin)
  await fc.assert(
    fc.asyncProperty(anyEntities, async (entities) => {
      await apply(admin, base)
      admin.clock.nowMs += 1000
      for (const [kind, document] of entities) {
        const path = withParents(ENDPOINTS[kind].collection, parents)
        const raw = withParents(JSON.stringify(document), parents)
        await admin.call('POST', path, { raw, headers: { 'content-type': 'application/json' } })
      }
      const dump = await dumpOf(admin)
      expect(await apply(admin, dump)).toMatchObject({ created: 0, changed: 0, deleted: 0 })
      await apply(empty, '_format_version: "3.0"')
      await apply(empty, dump)
      expect(await dumpOf(empty)).toBe(dump)
      expect(await apply(empty, dump)).toMatchObject({ created: 0, changed: 0, deleted: 0 })
    }),
    { numRuns: Math.ceil(PROPERTY_RUNS / 3), seed: SEED },
  )
})

async function dumpOf(on: Admin): Promise<string> {
  return (await on.call('GET', '/config')).json.config
}

async function apply(on: Admin, config: string) {
  const { status, json } = await on.call('POST', '/config', { json: { config } })
  expect(status, JSON.stringify(json)).toBe(201)
  return json.counts
}
