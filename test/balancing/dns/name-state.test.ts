import { describe, expect, it } from 'vitest'
import {
  type NameAnswer,
  type NameState,
  newNameState,
  stateAfter,
} from '../../../src/balancing/dns/name-state.ts'

const ABSENT: NameAnswer = { kind: 'absent' }
const FAILED: NameAnswer = { kind: 'failed' }

function found(ttlMs: number, ...addresses: string[]): NameAnswer {
  return { kind: 'found', addresses, ttlMs }
}

/** The state after answers that all come at the same time, in the middle of the jitter. */
function stateOf(answers: readonly NameAnswer[], nowMs = 0, random = 0.5): NameState {
  return answers.reduce(
    (state, answer) => stateAfter(state, answer, { nowMs, random }),
    newNameState(0),
  )
}

describe('the addresses of a name', () => {
  it('are asked for at once, and until then nothing is known', () => {
    expect(newNameState(7)).toMatchObject({ dueMs: 7, addresses: null, isAnswered: false })
  })

  it.each([
    [0, 1_000],
    [999, 1_000],
    [30_000, 30_000],
    [86_400_000, 3_600_000],
  ])('with a TTL of %d ms are asked for again after %d ms', (ttlMs, expected) => {
    expect(stateOf([found(ttlMs, '10.0.0.1')], 500).dueMs).toBe(500 + expected)
  })

  it('stay in use while nobody can tell, however long', () => {
    const failures = Array.from({ length: 1_000 }, () => FAILED)
    const state = stateOf([found(60_000, '10.0.0.1'), ...failures])
    expect(state).toMatchObject({ addresses: ['10.0.0.1'], isStale: true })
  })

  it('outlive one denial, and are given up at the second', () => {
    const one = stateOf([found(60_000, '10.0.0.1'), ABSENT])
    expect(one).toMatchObject({ addresses: ['10.0.0.1'], isStale: true })
    const two = stateOf([found(60_000, '10.0.0.1'), ABSENT, FAILED, ABSENT])
    expect(two).toMatchObject({ addresses: null, isStale: false, isAnswered: true })
  })

  it('are fresh again with the next answer, and a later denial counts anew', () => {
    const back = [found(60_000, '10.0.0.1'), ABSENT, found(60_000, '10.0.0.2')]
    expect(stateOf(back)).toMatchObject({ addresses: ['10.0.0.2'], isStale: false, failures: 0 })
    expect(stateOf([...back, ABSENT]).addresses).toEqual(['10.0.0.2'])
  })
})

describe('the time until a name that failed is asked for again', () => {
  it.each([FAILED, ABSENT])('doubles from 1 s to 30 s after $kind', (answer) => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map(
      (times) => stateOf(Array.from({ length: times }, () => answer)).dueMs,
    )
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  })

  it.each([
    [0, 800],
    [1, 1_200],
  ])('with a draw of %d is %d ms at first', (random, expected) => {
    expect(stateOf([FAILED], 0, random).dueMs).toBeCloseTo(expected)
  })
})
