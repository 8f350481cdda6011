import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Verb } from '../../../src/releases/engine/verb.ts'
import type { Act } from '../../../src/releases/simulation/act.ts'
import { runUntil, simulate } from '../../../src/releases/simulation/simulate.ts'
import { createWorld, type World } from '../../../src/releases/simulation/world.ts'
import { by, SERVICE } from '../release-fixture.ts'

const HOUR_MS = 3_600_000

function sampleCreated(file: string, nowMs: number, actor = 'dora'): World {
  const path = fileURLToPath(new URL(`../../../fixtures/releases/${file}`, import.meta.url))
  const document: unknown = parse(readFileSync(path, 'utf8'))
  const world = createWorld(nowMs, SERVICE)
  simulate(world, [{ atMs: nowMs, act: { kind: 'create', document, actor, isSuperseding: false } }])
  return world
}

function verb(name: Verb, actor: string): Act {
  return { kind: 'verb', verb: name, given: by(actor, { reason: 'as written' }), back: 0 }
}

/** What was written when: hours since the beginning, type of the event, and its traffic where it sets it. */
function story(world: World, beginsMs: number): string[] {
  return world.writes.flatMap(({ events }) =>
    events.map(({ atMs, happening }) => {
      const hours = Math.round(((atMs - beginsMs) / HOUR_MS) * 1000) / 1000
      if (happening.type !== 'traffic-set') return `${hours} ${happening.type}`
      const { percentage, groups, previewHeader } = happening.traffic
      return [`${hours} traffic`, `${percentage} %`, ...groups, previewHeader ?? []]
        .flat()
        .join(' ')
    }),
  )
}

describe('canary-address.yaml', () => {
  test('goes from testers to everybody and is promoted', () => {
    const begins = Date.UTC(2026, 10, 2, 8)
    const world = sampleCreated('canary-address.yaml', begins)
    runUntil(world, begins + 30 * 24 * HOUR_MS)
    const told = story(world, begins)
    const ramp = told.filter(
      (line) => /^\d+(\.\d)? traffic/.test(line) && line.endsWith('employees'),
    )
    expect(ramp).toHaveLength(104)
    expect(told.filter((line) => !ramp.includes(line))).toEqual([
      '0 started',
      '0 step-started',
      '0 traffic 0 % testers',
      '24 step-done',
      '24 step-started',
      '48 step-done',
      '48 step-started',
      '50 step-done',
      '50 step-started',
      '54 step-done',
      '54 step-started',
      '64 step-done',
      '64 step-started',
      '64 step-done',
      '64 baking',
      '66 promoting',
      '66 succeeded',
    ])
    expect([ramp[0], ramp[1], ramp[2], ramp[3], ramp[52], ramp.at(-2), ramp.at(-1)]).toEqual([
      '24 traffic 0 % testers employees',
      '48 traffic 1 % testers employees',
      '50 traffic 10 % testers employees',
      '54.1 traffic 10.4 % testers employees',
      '59 traffic 30 % testers employees',
      '64 traffic 50 % testers employees',
      '64 traffic 100 % testers employees',
    ])
    expect(world.plugin).toBeNull()
    expect(world.service).toEqual({ ...SERVICE, host: 'address-v2' })
  })
})

describe('blue-green-address.yaml', () => {
  test('is shown, approved, flipped, and rolled back inside the bake', () => {
    const begins = Date.UTC(2026, 10, 2, 8)
    const at = (hours: number) => begins + hours * HOUR_MS
    const world = sampleCreated('blue-green-address.yaml', begins)
    simulate(world, [
      { atMs: at(1), act: verb('approve', 'anna') },
      { atMs: at(2), act: verb('approve', 'anna') },
      { atMs: at(3), act: verb('approve', 'bob') },
      { atMs: at(10), act: verb('rollback', 'carl') },
    ])
    runUntil(world, at(1000))
    expect(story(world, begins)).toEqual([
      '0 started',
      '0 step-started',
      '0 traffic 0 % testers Address-Preview',
      '0.5 step-done',
      '0.5 step-started',
      '1 approved',
      '3 approved',
      '3 step-done',
      '3 step-started',
      '3 traffic 100 % testers Address-Preview',
      '3 step-done',
      '3 baking',
      '10 rollback-started',
      '10 traffic 0 %',
      '10 rolled-back',
    ])
    expect(world.service).toEqual(SERVICE)
    expect(world.plugin?.config).toMatchObject({
      percentage: 0,
      always_groups: null,
      canary_by_header_name: null,
    })
  })
})

describe('weekday-hours.yaml', () => {
  test('waits for windows, over a freeze and the change of the clocks', () => {
    // A Thursday; the clocks go forward on Sunday, the 29th.
    const begins = Date.parse('2026-03-26T09:00:00+01:00')
    const world = sampleCreated('weekday-hours.yaml', begins - HOUR_MS)
    runUntil(world, begins + 1000 * HOUR_MS)
    const monday = (Date.parse('2026-03-30T09:00:00+02:00') - begins) / HOUR_MS
    expect(monday).toBe(95)
    expect(story(world, begins)).toEqual([
      '0 started',
      '0 step-started',
      '0 traffic 5 %',
      '4 step-done',
      '4 step-started',
      '4 traffic 25 %',
      // The hold ends in the freeze; the step waits for Monday, an hour earlier than before the change.
      '28 step-done',
      '95 step-started',
      '95 traffic 50 %',
      '97 step-done',
      '97 step-started',
      '97 traffic 100 %',
      '97 step-done',
      '97 baking',
      '98 promoting',
      '98 succeeded',
    ])
  })
})
