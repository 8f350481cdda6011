import { randomUUID } from 'node:crypto'
import type { ConsumerDirectory } from '../src/identity/consumer-directory.ts'
import { advanceDirectory, buildDirectory } from '../src/identity/directory.ts'
import { authenticate, compileKeyAuth } from '../src/identity/key-auth.ts'
import { ACL_GROUP_DEFINITION } from '../src/model/acl-group.ts'
import { CONSUMER_DEFINITION } from '../src/model/consumer.ts'
import type { Change, Entity, EntityKind, StoredEntity } from '../src/model/entity.ts'
import { KEY_AUTH_CREDENTIAL_DEFINITION } from '../src/model/key-auth-credential.ts'
import { KEY_AUTH_PLUGIN } from '../src/model/plugins/key-auth.ts'
import type { ParsedRequest } from '../src/model/request.ts'
import { advanceSnapshot, EMPTY_SNAPSHOT } from '../src/model/snapshot.ts'

/**
 * Processor time per request for finding a consumer by its key, in microseconds, median of several rounds: with one
 * consumer, and with 100 000 all asked for in turn, which is the worst a processor's cache can meet. Then what it
 * costs to build the directory and to change it. `node bench/authenticate.ts`
 */

const CONSUMER_COUNT = 100_000
const ROUNDS = 9
const REQUESTS_PER_ROUND = 100_000
const NOW = 1_790_000_500_000
const STAMPS = { created_at: NOW / 1000, updated_at: NOW / 1000 }

const plugin = compileKeyAuth(KEY_AUTH_PLUGIN.config.parse({}))
const consumers = Array.from({ length: CONSUMER_COUNT }, (_, i) => makeConsumer(i))
const changes = consumers.flatMap((consumer) => consumer.changes)
const snapshot = advanceSnapshot(EMPTY_SNAPSHOT, changes, 1)
const directory = buildDirectory(snapshot)
const oneConsumer = consumers.slice(0, 1)
const single = advanceDirectory(
  buildDirectory(EMPTY_SNAPSHOT),
  oneConsumer.flatMap((consumer) => consumer.changes),
)
const requests = consumers.map(({ key }) => requestWith(key))

report('1 consumer', () => microsPerRequest(single, requests.slice(0, 1)))
report('100 000 consumers, all in turn', () => microsPerRequest(directory, requests))
report('build for 100 000 consumers', () => micros(() => buildDirectory(snapshot)))
report('change of one group', () => {
  const [membership] = oneConsumer[0]?.changes.slice(-1) ?? []
  const change = membership as Change
  return micros(() =>
    advanceDirectory(directory, [{ ...change, before: change.after, after: null }]),
  )
})

function report(name: string, measure: () => number): void {
  const times = Array.from({ length: ROUNDS }, measure).sort((a, b) => a - b)
  console.log(`${name.padEnd(32)}${(times[ROUNDS >> 1] ?? Number.NaN).toFixed(3).padStart(12)} µs`)
}

function microsPerRequest(known: ConsumerDirectory, asked: readonly ParsedRequest[]): number {
  const context = { directory: known, nowMs: NOW }
  return (
    micros(() => {
      for (let i = 0; i < REQUESTS_PER_ROUND; i++) {
        const result = authenticate(plugin, asked[i % asked.length] as ParsedRequest, context)
        if (result.kind !== 'identified') throw new Error(`request ${i} is ${result.kind}`)
      }
    }) / REQUESTS_PER_ROUND
  )
}

function micros(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function makeConsumer(index: number): { readonly key: string; readonly changes: Change[] } {
  const consumer = CONSUMER_DEFINITION.schema.parse({
    id: randomUUID(),
    username: `consumer-${index}`,
    ...STAMPS,
  })
  const own = { consumer: { id: consumer.id }, created_at: STAMPS.created_at }
  const key = randomUUID().replaceAll('-', '')
  const credential = KEY_AUTH_CREDENTIAL_DEFINITION.schema.parse({ id: randomUUID(), key, ...own })
  const group = ACL_GROUP_DEFINITION.schema.parse({ id: randomUUID(), group: 'testers', ...own })
  return {
    key,
    changes: [
      created('consumers', consumer),
      created('keyauth_credentials', credential),
      created('acls', group),
    ],
  }
}

function created(kind: EntityKind, entity: Entity): Change {
  return {
    kind,
    id: entity.id,
    before: null,
    after: { kind, entity, internals: {} } as StoredEntity,
  }
}

/** A request with six fields, the key last. */
function requestWith(key: string): ParsedRequest {
  const others = Array.from({ length: 5 }, (_, i) => [`x-field-${i}`, `value-${i}`] as const)
  const fields = [...others, ['apikey', key] as const]
  return {
    method: 'GET',
    path: '/orders/7',
    rawPath: '/orders/7',
    query: '',
    httpVersion: '1.1',
    host: 'bench.example',
    port: 80,
    authority: 'bench.example',
    scheme: 'http',
    fields: { names: fields.map(([name]) => name), values: fields.map(([, value]) => value) },
    body: { kind: 'none' },
    peerAddress: '10.0.0.1',
    clientAddress: '10.0.0.1',
    isPeerTrusted: false,
    listenerPort: 8000,
  }
}
