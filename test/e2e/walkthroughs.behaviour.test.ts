import { describe, expect, it } from 'vitest'
import {
  type MeasuredStages,
  runWalkthrough,
  type WalkthroughName,
} from '../../fixtures/walkthroughs/run-walkthrough.ts'

const TIMEOUT_MS = 90_000

/** Runs the script and shows what it printed when it did not reach its end. */
async function stagesOf(name: WalkthroughName): Promise<MeasuredStages> {
  const lines: string[] = []
  const { exitCode, stages } = await runWalkthrough(name, (line) => lines.push(line))
  expect(exitCode, lines.slice(-15).join('\n')).toBe(0)
  return stages
}

describe('the walkthroughs of the compatibility documents', { timeout: TIMEOUT_MS }, () => {
  it('blue/green: splits by weight, does nothing early, switches and switches back with one PATCH', async () => {
    const stages = await stagesOf('kong-blue-green')
    expect(stages).toEqual({
      blue: { 'v1-a': 100, 'v1-b': 50, 'v2-a': 0, 'v2-b': 0 },
      'green-prepared': { 'v1-a': 100, 'v1-b': 50, 'v2-a': 0, 'v2-b': 0 },
      green: { 'v1-a': 0, 'v1-b': 0, 'v2-a': 100, 'v2-b': 100 },
      'blue-again': { 'v1-a': 100, 'v1-b': 50, 'v2-a': 0, 'v2-b': 0 },
    })
  })

  it('blue/green in the dialect of APISIX: switches, rolls back, and switches for some by a header field', async () => {
    const stages = await stagesOf('api7-blue-green')
    const only = (v1: number, v2: number) => ({ 'v1-a': v1, 'v1-b': 0, 'v2-a': v2, 'v2-b': 0 })
    expect(stages).toEqual({
      blue: only(100, 0),
      green: only(0, 100),
      rollback: only(100, 0),
      conditional: only(50, 50),
    })
  })

  it('blue/green by a decK file: each switch is one changed field', async () => {
    const blue = { 'v1-a': 100, 'v1-b': 50, 'v2-a': 0, 'v2-b': 0 }
    expect(await stagesOf('kong-deck-blue-green')).toEqual({
      blue,
      green: { 'v1-a': 0, 'v1-b': 0, 'v2-a': 100, 'v2-b': 100 },
      'blue-again': blue,
    })
  })

  it('canary releases: by weight, by share of consumers, by group, for everyone, finished', async () => {
    const stages = await stagesOf('kong-canary-releases')
    const v1 = (stage: string) => stages[stage]?.['v1-a']
    const v2 = (stage: string) => stages[stage]?.['v2-a'] ?? Number.NaN

    expect([v1('weight-1'), v2('weight-1')]).toEqual([100, 1])
    expect([v1('weight-0'), v2('weight-0')]).toEqual([101, 0])
    // 100 consumers; bounds of 4.5 standard deviations around 1 and 50.
    expect(v2('one-percent')).toBeLessThanOrEqual(5)
    expect(v2('fifty-percent')).toBeGreaterThanOrEqual(27)
    expect(v2('fifty-percent')).toBeLessThanOrEqual(73)
    expect([v1('testers'), v2('testers')]).toEqual([2, 1])
    expect([v1('employees'), v2('employees')]).toEqual([1, 2])
    expect([v1('everyone'), v2('everyone')]).toEqual([0, 103])
    expect([v1('finished'), v2('finished')]).toEqual([0, 103])
  })
})
