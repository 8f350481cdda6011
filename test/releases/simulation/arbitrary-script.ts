import fc from 'fast-check'
import { VERBS } from '../../../src/releases/engine/verb.ts'
import type { Act } from '../../../src/releases/simulation/act.ts'
import type { TimedAct } from '../../../src/releases/simulation/simulate.ts'
import { by } from '../release-fixture.ts'
import { anyDocument } from './arbitrary-document.ts'

/** A Thursday before Europe changes its clocks. */
export const BEGINNING = Date.UTC(2026, 2, 26, 7)

const anna = fc.constantFrom('anna', 'bob', 'carl')

const create = fc.record({
  kind: fc.constant('create' as const),
  document: anyDocument,
  actor: anna,
  isSuperseding: fc.boolean(),
})

const verb = fc
  .record({
    verb: fc.constantFrom(...VERBS, 'approve' as const, 'resume' as const, 'advance' as const),
    actor: anna,
    step: fc.integer({ min: 1, max: 6 }),
    back: fc.constantFrom(0, 0, 0, 1),
  })
  .map(
    ({ verb: name, actor, step, back }): Act => ({
      kind: 'verb',
      verb: name,
      given: by(actor, { step }),
      back,
    }),
  )

const hand = fc.constantFrom<Act[]>(
  { kind: 'hand', fields: { percentage: 80, upstream_host: 'address-v2' } },
  { kind: 'hand', fields: { percentage: 0, upstream_host: 'address-v2' } },
  { kind: 'hand', fields: { always_groups: ['everybody'] } },
  { kind: 'hand', fields: null },
  { kind: 'disable' },
  { kind: 'service', address: { port: 81 } },
)

const around = fc.constantFrom<Act[]>(
  { kind: 'health', isCanaryUsable: false },
  { kind: 'health', isCanaryUsable: true },
  { kind: 'stop', reason: 'fire' },
  { kind: 'lift' },
  { kind: 'freezes', freezes: [frozen('2026-03-26T00:00:00Z', '2026-03-30T10:00:00Z')] },
  { kind: 'freezes', freezes: [] },
  { kind: 'gates', mood: 'no' },
  { kind: 'gates', mood: 'silence' },
  { kind: 'gates', mood: 'yes' },
)

function frozen(from: string, until: string) {
  return { from, until, reason: 'holidays' }
}

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Act>({ kind: 'tick' }) },
  { weight: 8, arbitrary: verb },
  { weight: 4, arbitrary: around },
  { weight: 2, arbitrary: hand },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: 'crash' }) },
  { weight: 1, arbitrary: create },
)

const gapMs = fc.oneof(
  fc.constantFrom(0, 1, 999, 60_000),
  fc.integer({ min: 0, max: 600_000 }),
  fc.integer({ min: 0, max: 10_800_000 }),
)

/** A release is created, and then anything happens at any time. */
export const anyScript: fc.Arbitrary<TimedAct[]> = fc
  .tuple(create, fc.array(fc.tuple(gapMs, act), { minLength: 5, maxLength: 40 }))
  .map(([first, later]) => {
    let atMs = BEGINNING
    const timed = later.map(([gap, next]) => {
      atMs += gap
      return { atMs, act: next }
    })
    return [{ atMs: BEGINNING, act: first }, ...timed]
  })
