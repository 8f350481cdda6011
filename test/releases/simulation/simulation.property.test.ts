import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { waitsForApproval } from '../../../src/releases/engine/possible-verbs.ts'
import type { Verb } from '../../../src/releases/engine/verb.ts'
import { act } from '../../../src/releases/simulation/act.ts'
import { type Looks, runUntil, simulate } from '../../../src/releases/simulation/simulate.ts'
import { createWorld, type World } from '../../../src/releases/simulation/world.ts'
import { foldEvents } from '../../../src/releases/state/fold.ts'
import { isEnded } from '../../../src/releases/state/phase.ts'
import { by, SERVICE } from '../release-fixture.ts'
import { anyScript, BEGINNING } from './arbitrary-script.ts'
import { problemsOfLog } from './check-log.ts'
import { problemsOfWrite } from './check-write.ts'

/** Random histories: SIMULATIONS asks for more. A failure prints its seed, which SIMULATION_SEED takes. */
const HISTORIES = Number(process.env.SIMULATIONS ?? 1500)
const SEED = Number(process.env.SIMULATION_SEED ?? 20_261_128)
const LONG_MS = 3_600_000
const looks = fc.constantFrom<Looks[]>('when-due', 'at-acts', 'at-acts')

describe('any history of a release', () => {
  test(
    'keeps the rules',
    () => {
      const property = fc.property(anyScript, looks, (script, mode) => {
        const world = createWorld(BEGINNING, SERVICE)
        for (const timed of script) {
          simulate(world, [timed], mode)
          expect(world.releases.filter(isLive).length).toBeLessThanOrEqual(1)
        }
        letItEnd(world)
        expect(world.writes.flatMap(problemsOfWrite)).toEqual([])
        for (const { release, log, state } of world.releases) {
          expect(foldEvents(release, log)).toEqual(state)
          expect(problemsOfLog(release, log)).toEqual([])
          expect(isEnded(state.phase)).toBe(true)
        }
      })
      fc.assert(property, { numRuns: HISTORIES, seed: SEED })
      if (process.env.SIMULATIONS !== undefined) {
        console.info(`${HISTORIES} histories from seed ${SEED}: 0 violations`)
      }
    },
    LONG_MS,
  )
})

function isLive({ state }: World['releases'][number]): boolean {
  return !isEnded(state.phase)
}

const DAY_MS = 86_400_000
const PEOPLE = ['anna', 'bob', 'carl', 'dora']

/** Gates say yes, people approve, windows open and time passes: then every release comes to an end. */
function letItEnd(world: World): void {
  act(world, { kind: 'gates', mood: 'yes' })
  act(world, { kind: 'health', isCanaryUsable: true })
  act(world, { kind: 'lift' })
  act(world, { kind: 'freezes', freezes: [] })
  for (let round = 0; round < 40 && world.releases.some(isLive); round++) {
    const live = world.releases.find(isLive)
    if (live === undefined) return
    const back = world.releases.length - 1 - world.releases.indexOf(live)
    const does = (verb: Verb, actor = 'anna') =>
      act(world, { kind: 'verb', verb, given: by(actor), back })
    if (live.state.phase === 'paused') does('resume')
    if (live.state.phase === 'scheduled' && live.release.start.kind === 'never') does('start')
    if (waitsForApproval(live.release, live.state)) {
      for (const person of PEOPLE) does('approve', person)
    }
    runUntil(world, world.nowMs + 3_600_000)
    if (!waitsForApproval(live.release, live.state)) runUntil(world, world.nowMs + 4 * DAY_MS)
  }
}
