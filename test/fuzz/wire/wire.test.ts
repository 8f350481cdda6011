import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REPEAT, SEED, WIRE_RUNS } from '../fuzz-settings.ts'
import { KEPT_CASES } from './kept-cases.ts'
import { runCase } from './run-case.ts'
import { startWireBench, type WireBench } from './wire-bench.ts'
import { type WireCase, wireCase } from './wire-case.ts'

/** Enough for a slow machine; a run takes four milliseconds on others. */
const TIMEOUT_MS = 60_000 + 60 * WIRE_RUNS

let bench: WireBench

beforeAll(async () => {
  bench = await startWireBench()
})

afterAll(async () => {
  await bench?.stop()
})

describe('the bytes of a connection', () => {
  test.each(Object.entries(KEPT_CASES))('are read as by the reference: %s', async (_, given) => {
    await runCase(bench, given)
  })

  test('are, whatever they are, the requests that the reference finds in them, or refused', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const ends = new Map<string, number>()
    const check = async (given: WireCase) => {
      const end = await runCase(bench, given)
      ends.set(end, (ends.get(end) ?? 0) + 1)
    }
    const { failed, numRuns, errorInstance } = await fc.check(fc.asyncProperty(wireCase, check), {
      numRuns: WIRE_RUNS,
      seed: SEED,
      // What hangs would hang again and again.
      endOnFailure: true,
    })
    if (failed) {
      const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
      throw new Error(`${reason}\nconnection ${numRuns}; repeat with ${REPEAT} -- wire`)
    }
    if (process.env.FUZZ_RUNS !== undefined) console.info(REPEAT, ends)
    expect(bench.requestsInFlight()).toBe(0)
    // Or the connections would be all alike.
    expect([...ends.keys()].sort()).toEqual(['clean', 'closed', 'incomplete', 'refused'])
  })
})
