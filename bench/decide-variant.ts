import { randomUUID } from 'node:crypto'
import { NOBODY } from '../src/model/identity.ts'
import { PLUGIN_DEFINITION } from '../src/model/plugin.ts'
import type { StoredPlugin } from '../src/model/plugin-index.ts'
import { type CompiledCanary, compileCanary } from '../src/variants/compile-canary.ts'
import { type DecisionInput, decideVariant } from '../src/variants/decide-variant.ts'

/** Processor time per choice of a variant, in microseconds: median of several rounds. `node bench/decide-variant.ts` */

const ROUNDS = 15
const DECISIONS_PER_ROUND = 200_000
const CONSUMER_COUNT = 10_000
const NOW = 1_790_000_500_000
const SERVICE_ID = randomUUID()

const FIXED = { percentage: 50 }
const TIMED = { start: NOW / 1000 - 1800, duration: 3600 }
const BY_HEADER = { hash: 'header', hash_header: 'X-User-Id' }
const GROUPS = { always_groups: ['testers', 'employees'], never_groups: ['bank'] }

const cases: readonly (readonly [name: string, config: object])[] = [
  ['by header', { ...FIXED, ...BY_HEADER }],
  ['by header, timed', { ...TIMED, ...BY_HEADER }],
  ['by consumer', FIXED],
  ['by consumer, timed', TIMED],
  [
    'by consumer, override header and groups',
    { ...FIXED, ...GROUPS, canary_by_header_name: 'X-C' },
  ],
  ['by address', { ...FIXED, hash: 'ip' }],
  ['by cookie', { ...FIXED, hash: 'cookie', hash_cookie: 'side' }],
  ['without stickiness', { ...FIXED, hash: 'none' }],
  ['allow', { hash: 'allow', groups: ['testers'] }],
]

const inputs = Array.from({ length: CONSUMER_COUNT }, (_, i) => requestOfConsumer(i))
const canaries = cases.map(([name, config]) => ({
  name,
  canary: canaryWith(config),
  times: [] as number[],
}))

// The cases take turns, so that none has the machine's good minutes to itself.
for (let round = 0; round < ROUNDS; round++) {
  for (const { canary, times } of canaries) times.push(microsPerDecision(canary))
}
for (const { name, times } of canaries) {
  console.log(`${name.padEnd(42)}${median(times).toFixed(3).padStart(8)} µs`)
}

function microsPerDecision(canary: CompiledCanary): number {
  let position = 0
  const draws = { uuid: randomUUID, nextInCycle: () => position++ }
  let onCanary = 0
  const before = process.cpuUsage()
  for (let i = 0; i < DECISIONS_PER_ROUND; i++) {
    const input = inputs[i % CONSUMER_COUNT] as DecisionInput
    if (decideVariant(canary, input, NOW, draws).variant === 'canary') onCanary++
  }
  const { user, system } = process.cpuUsage(before)
  if (onCanary > DECISIONS_PER_ROUND * 0.6) throw new Error(`${onCanary} decisions for the canary`)
  return (user + system) / DECISIONS_PER_ROUND
}

function canaryWith(config: object): CompiledCanary {
  const entity = PLUGIN_DEFINITION.schema.parse({
    id: randomUUID(),
    created_at: NOW / 1000,
    updated_at: NOW / 1000,
    name: 'canary',
    config: { upstream_host: 'v2.example', ...config },
  })
  return compileCanary({ kind: 'plugins', entity, internals: {} } as StoredPlugin<'canary'>)
}

/** A request with twelve fields, the hashed one last but one. */
function requestOfConsumer(index: number): DecisionInput {
  const id = randomUUID()
  const others = Array.from({ length: 10 }, (_, i) => [`x-field-${i}`, `value-${i}`] as const)
  const fields = [
    ...others,
    ['x-user-id', id] as const,
    ['cookie', `theme=dark; side=${id}`] as const,
  ]
  const consumer = {
    id,
    username: `consumer-${index}`,
    custom_id: null,
    tags: null,
    created_at: NOW / 1000,
    updated_at: NOW / 1000,
  }
  return {
    request: {
      fields: { names: fields.map(([name]) => name), values: fields.map(([, value]) => value) },
      clientAddress: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    },
    identity: { ...NOBODY, consumer, groups: new Set(['customers']) },
    serviceId: SERVICE_ID,
    isCanaryUsable: true,
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
