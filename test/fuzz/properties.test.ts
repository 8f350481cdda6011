import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ENTITY_DEFINITIONS } from '../../src/model/entities.ts'
import { ENDPOINTS, FUZZED_KINDS, type FuzzedKind } from './endpoints.ts'
import { formFields, multipart, urlEncoded } from './form-encoding.ts'
import { type FuzzGateway, type JsonAnswer, startFuzzGateway } from './fuzz-gateway.ts'
import { PROPERTY_RUNS, SEED } from './fuzz-settings.ts'
import { VALID } from './valid-entities.ts'
import type { Document } from './valid-values.ts'

const BOUNDARY = 'x-boundary'

/** A run takes some milliseconds, and much longer on a busy machine. */
vi.setConfig({ testTimeout: 30_000 + 200 * PROPERTY_RUNS })

describe.each(FUZZED_KINDS)('any valid entity of %s', (kind) => {
  let gateway: FuzzGateway

  beforeAll(async () => {
    gateway = await startFuzzGateway()
  })

  afterAll(async () => {
    await gateway?.stop()
    expect(gateway.logged).toEqual([])
  })

  test('is the same after POST, GET and PUT of what was read', async () => {
    await forAny(kind, async (document) => {
      const { entity, path } = await create(gateway, kind, document)
      const read = await readItem(gateway, kind, path)
      expect(read).toEqual(entity)
      gateway.advanceClock(2000)
      const put = await gateway.json('PUT', path, read)
      expect(put.status, JSON.stringify(put.body)).toBe(200)
      const again = await readItem(gateway, kind, path)
      expect(again).toEqual(put.body)
      expectSameButForChangeTime(kind, again, read)
      await remove(gateway, path)
    })
  })

  test('is left as it is by PATCH of {}, but for the time of its last change', async () => {
    await forAny(kind, async (document) => {
      const { entity, path } = await create(gateway, kind, document)
      gateway.advanceClock(2000)
      const patched = await gateway.json('PATCH', path, {})
      expect(patched.status, JSON.stringify(patched.body)).toBe(200)
      expectSameButForChangeTime(kind, patched.body, entity)
      expect(await readItem(gateway, kind, path)).toEqual(patched.body)
      await remove(gateway, path)
    })
  })

  test('is left as it is by PATCH of what was read', async () => {
    await forAny(kind, async (document) => {
      const { entity, path } = await create(gateway, kind, document)
      const patched = await gateway.json('PATCH', path, entity)
      expect(patched.status, JSON.stringify(patched.body)).toBe(200)
      expectSameButForChangeTime(kind, patched.body, entity)
      await remove(gateway, path)
    })
  })

  const encodings = [
    ['a form', 'application/x-www-form-urlencoded', urlEncoded],
    ['a multipart form', `multipart/form-data; boundary=${BOUNDARY}`, asMultipart],
  ] as const
  test.each(encodings)('is stored alike from JSON and from %s', async (_, contentType, encode) => {
    await forAny(kind, async (document) => {
      const fromJson = await create(gateway, kind, document)
      await remove(gateway, fromJson.path)
      const text = gateway.fill(encode(formFields(document)))
      const answer = await gateway.sendAlone({
        method: 'POST',
        path: gateway.fill(ENDPOINTS[kind].collection),
        contentType,
        body: Buffer.from(text),
      })
      expect(answer.status, answer.text).toBe(201)
      const fromForm = JSON.parse(answer.text)
      await remove(gateway, itemPath(gateway, kind, fromForm.id))
      expect(withoutIdAndTimes(fromForm)).toEqual(withoutIdAndTimes(fromJson.entity))
    })
  })

  const { key, collection } = ENDPOINTS[kind]
  test.skipIf(key === null)('is addressed by its key as by its id', async () => {
    await forAny(kind, async (document) => {
      const { entity, path } = await create(gateway, kind, document)
      const name = entity[String(key)]
      if (typeof name === 'string') {
        const byKey = `${collection}/${encodeURIComponent(name)}`
        expect(await readItem(gateway, kind, byKey)).toEqual(entity)
        const put = await gateway.json('PUT', byKey, entity)
        expect(put.status, JSON.stringify(put.body)).toBe(200)
        expectSameButForChangeTime(kind, put.body, entity)
      }
      await remove(gateway, path)
    })
  })
})

function forAny(kind: FuzzedKind, check: (document: Document) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(VALID[kind], check), {
    numRuns: PROPERTY_RUNS,
    seed: SEED,
    // What a failed run leaves behind would be in the way of the next.
    endOnFailure: true,
  })
}

interface Created {
  readonly entity: Document
  readonly path: string
}

async function create(
  gateway: FuzzGateway,
  kind: FuzzedKind,
  document: Document,
): Promise<Created> {
  const { status, body } = await gateway.json('POST', ENDPOINTS[kind].collection, document)
  expect(status, JSON.stringify(body)).toBe(201)
  return { entity: body, path: itemPath(gateway, kind, body.id) }
}

async function readItem(gateway: FuzzGateway, kind: FuzzedKind, path: string): Promise<Document> {
  const { status, body }: JsonAnswer = await gateway.json('GET', path)
  expect(status, `GET ${path}`).toBe(200)
  const { wrappedIn } = ENDPOINTS[kind]
  return wrappedIn === undefined ? body : body[wrappedIn]
}

async function remove(gateway: FuzzGateway, path: string): Promise<void> {
  expect((await gateway.json('DELETE', path)).status).toBe(204)
}

function itemPath(gateway: FuzzGateway, kind: FuzzedKind, id: string): string {
  return gateway.fill(`${ENDPOINTS[kind].collection}/${id}`)
}

function expectSameButForChangeTime(kind: FuzzedKind, after: Document, before: Document): void {
  if (!ENTITY_DEFINITIONS[kind].hasUpdatedAt) {
    expect(after).toEqual(before)
    return
  }
  expect(Number(after.updated_at)).toBeGreaterThanOrEqual(Number(before.updated_at))
  expect({ ...after, updated_at: 0 }).toEqual({ ...before, updated_at: 0 })
}

function withoutIdAndTimes({
  id: _id,
  created_at: _created,
  updated_at: _updated,
  ...rest
}: Document): Document {
  return rest
}

function asMultipart(fields: ReturnType<typeof formFields>): string {
  return multipart(fields, BOUNDARY)
}
