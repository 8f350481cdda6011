import fc from 'fast-check'
import { PLUGIN_NAMES } from '../../src/model/plugins/registry.ts'
import { entityShape, pluginConfigShape } from '../../src/model/schema-shape.ts'
import type { FuzzedKind } from './endpoints.ts'
import { type FormField, formFields, multipart, urlEncoded } from './form-encoding.ts'
import { hostileKey, hostileValue, withRawNumbers } from './hostile-values.ts'
import { VALID } from './valid-entities.ts'
import type { Document } from './valid-values.ts'

export interface HostileBody {
  readonly contentType: string | null
  /** Latin-1 text: one character for each byte. */
  readonly bytes: string
}

/** Bodies for a kind: nearly valid ones, random documents, and what is no document at all, in every encoding. */
export function hostileBody(kind: FuzzedKind): fc.Arbitrary<HostileBody> {
  const document = hostileDocument(kind)
  const body: fc.Arbitrary<HostileBody> = fc.oneof(
    { weight: 8, arbitrary: document.map(asJson) },
    { weight: 3, arbitrary: document.map((value) => asForm(formFields(value))) },
    { weight: 1, arbitrary: document.map((value) => asMultipart(formFields(value))) },
    { weight: 1, arbitrary: randomForm(kind).map(asForm) },
    { weight: 1, arbitrary: randomForm(kind).map(asMultipart) },
    { weight: 2, arbitrary: garbage },
  )
  return body.map(({ contentType, bytes }) => ({ contentType, bytes: bytes.slice(0, MAX_BYTES) }))
}

/** Longer bodies would fill the memory in these numbers; big-bodies.test.ts has some. */
const MAX_BYTES = 200_000

/** A document that is valid, wrong in some places, or of random fields. */
function hostileDocument(kind: FuzzedKind): fc.Arbitrary<Document> {
  const mutated = fc
    .tuple(VALID[kind], fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([document, mutations]) => mutations.reduce<Document>(applyMutation, document))
  const random = fc.dictionary(
    fc.oneof({ weight: 4, arbitrary: knownKey(kind) }, { weight: 1, arbitrary: hostileKey }),
    hostileValue,
    { maxKeys: 8, noNullPrototype: true },
  )
  return fc.oneof(
    { weight: 5, arbitrary: mutated },
    { weight: 2, arbitrary: VALID[kind] },
    { weight: 2, arbitrary: random },
  )
}

interface Mutation {
  /** Which of all places in the document, counted around. */
  readonly place: number
  readonly action: 'replace' | 'remove' | 'add' | 'wrap'
  readonly key: string
  readonly value: unknown
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(1000),
  action: fc.constantFrom('replace', 'replace', 'remove', 'add', 'wrap'),
  key: hostileKey,
  value: hostileValue,
})

/** The document with one place changed, however deep it is. */
function applyMutation(document: Document, { place, action, key, value }: Mutation): Document {
  const copy = structuredClone(document) as Record<string, unknown>
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = []
  collectPlaces(copy, places)
  const chosen = places[place % Math.max(places.length, 1)]
  if (chosen === undefined || action === 'add') define(chosen?.holder ?? copy, key, value)
  else if (action === 'remove') delete chosen.holder[chosen.key]
  else chosen.holder[chosen.key] = action === 'wrap' ? [chosen.holder[chosen.key]] : value
  return copy
}

function collectPlaces(
  holder: Record<string, unknown>,
  places: { readonly holder: Record<string, unknown>; readonly key: string }[],
): void {
  for (const [key, value] of Object.entries(holder)) {
    // A password is hashed, which takes its time; random documents have enough of them.
    if (key !== 'password') places.push({ holder, key })
    if (typeof value === 'object' && value !== null) {
      collectPlaces(value as Record<string, unknown>, places)
    }
  }
}

/** An own property, also where the name is `__proto__`; one more element of a list. */
function define(holder: Record<string, unknown>, key: string, value: unknown): void {
  if (Array.isArray(holder)) holder.push(value)
  else {
    Object.defineProperty(holder, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
}

function knownKey(kind: FuzzedKind): fc.Arbitrary<string> {
  return fc.constantFrom(...entityShape(kind).fields.keys(), 'url', 'snis')
}

function asJson(document: Document): HostileBody {
  return {
    contentType: 'application/json',
    bytes: bytesOf(withRawNumbers(JSON.stringify(document))),
  }
}

function asForm(fields: readonly FormField[]): HostileBody {
  return {
    contentType: 'application/x-www-form-urlencoded',
    bytes: urlEncoded(fields.map(sendable)),
  }
}

const BOUNDARY = 'x-boundary'

function asMultipart(fields: readonly FormField[]): HostileBody {
  return {
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    bytes: bytesOf(multipart(fields, BOUNDARY)),
  }
}

/** Halves of surrogate pairs have no encoding in UTF-8. */
function sendable([key, value]: FormField): FormField {
  return [key.toWellFormed(), value.toWellFormed()]
}

/** Fields whose keys are put together from names, brackets and dots in ways that nobody would. */
function randomForm(kind: FuzzedKind): fc.Arbitrary<readonly FormField[]> {
  const configNames = PLUGIN_NAMES.flatMap((name) => [...pluginConfigShape(name).fields.keys()])
  const piece = fc.oneof(
    knownKey(kind),
    fc.constantFrom(...configNames, 'config', 'healthchecks', 'active', '1', '0', '99999999999'),
    fc.constantFrom('[]', '[1]', '[0]', '[', ']', '.', '..', '[__proto__]', '.constructor', '[a]'),
    hostileKey,
  )
  const key = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''))
  const value = fc.oneof(
    fc.constantFrom('', 'true', '80', '1e999', '-0', '0x10', 'a,b'),
    hostileValue.map((item) => (typeof item === 'string' ? item : String(JSON.stringify(item)))),
  )
  return fc.array(fc.tuple(key, value), { maxLength: 8 })
}

const TYPES = [
  null,
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=latin1',
  'APPLICATION/JSON',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  `multipart/form-data; boundary="${BOUNDARY}"`,
  'text/plain',
  'application/yaml',
  '/',
  ';;;',
]

/** Bytes that are no document of any encoding, or one that promises to be and breaks off. */
const garbage: fc.Arbitrary<HostileBody> = fc.record({
  contentType: fc.constantFrom(...TYPES),
  bytes: fc.oneof(
    fc.constantFrom(
      '',
      '{',
      '[]',
      'null',
      '"text"',
      '{"host":"a","host":"b"}',
      '{"__proto__":{"host":"a"}}',
      '{"host":"\\ud800"}',
      '{"host":1e999}',
      `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      `${'['.repeat(100_000)}`,
      `{"tags":[${'"a",'.repeat(20_000)}"a"]}`,
      `host=${'a'.repeat(200_000)}`,
      'a[b'.repeat(1000),
      `${'x[y]'.repeat(100)}=1`,
      '%',
      '%zz=%',
      '&'.repeat(20_000),
      `--${BOUNDARY}\r\n`,
      `--${BOUNDARY}--`,
      `--${BOUNDARY}\r\n\r\nvalue`,
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a`,
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--${BOUNDARY}--`,
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 60 }),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.json(),
  ),
})

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
