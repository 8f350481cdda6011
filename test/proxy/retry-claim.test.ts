import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RetryBudget } from '../../src/balancing/retry-budget.ts'
import { RetryClaim } from '../../src/proxy/retry-claim.ts'

const ONE_RETRY = { percent: 0, minConcurrency: 1 }
const LONG_MS = 60_000

let budget: RetryBudget

beforeEach(() => {
  vi.useFakeTimers()
  budget = new RetryBudget()
})
afterEach(() => vi.useRealTimers())

/** A request under way, what became of its wish to be tried again, and its client. */
function newRequest() {
  budget.begin(ONE_RETRY)
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const claim = new RetryClaim(budget, response)
  const told: string[] = []
  return {
    claim,
    response,
    told,
    ask: (connectMs = LONG_MS) =>
      claim.ask(connectMs, {
        goOn: () => told.push('goes on'),
        exhausted: () => told.push('exhausted'),
        clientLeft: () => told.push('client left'),
      }),
  }
}

/** A request whose retry takes all the room. */
function newRetried() {
  const request = newRequest()
  request.ask()
  expect(request.told).toEqual(['goes on'])
  return request
}

/** What is due within so many milliseconds has come, and the last look after it. */
function pass(ms: number): void {
  vi.advanceTimersByTime(ms)
  vi.advanceTimersToNextTimer()
}

describe('a request that wants to be tried again', () => {
  it('goes on at once where there is room, without a timer', () => {
    newRetried()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    [LONG_MS, 1_000],
    [50, 50],
  ])('with a connect_timeout of %i ms waits %i ms for room', (connectMs, waitMs) => {
    newRetried()
    const late = newRequest()
    late.ask(connectMs)
    vi.advanceTimersByTime(waitMs - 1)
    expect(late.told).toEqual([])
    pass(1)
    expect(late.told).toEqual(['exhausted'])
    expect([vi.getTimerCount(), late.response.listenerCount('close')]).toEqual([0, 0])
    expect([budget.waiting, budget.refusals]).toEqual([0, 1])
  })

  it.each([
    ['is answered', (claim: RetryClaim) => claim.release()],
    ['is over', (claim: RetryClaim) => claim.end(false)],
  ])('goes on when the retry before it %s', (_name, end) => {
    const before = newRetried()
    const next = newRequest()
    next.ask()
    end(before.claim)
    expect(next.told).toEqual(['goes on'])
    expect([vi.getTimerCount(), next.response.listenerCount('close')]).toEqual([0, 0])
    end(before.claim)
    expect(budget.retries).toBe(1)
  })

  it('leaves the queue with its client', () => {
    const before = newRetried()
    const left = newRequest()
    left.ask()
    left.response.emit('close')
    left.claim.end(false)
    before.claim.release()
    pass(LONG_MS)
    expect(left.told).toEqual(['client left'])
    expect([budget.waiting, budget.retries, budget.refusals]).toEqual([0, 0, 0])
  })

  it('leaves the queue with its request', () => {
    const before = newRetried()
    const ended = newRequest()
    ended.ask()
    ended.claim.end(false)
    before.claim.release()
    pass(LONG_MS)
    expect(ended.told).toEqual([])
    expect([budget.waiting, budget.retries]).toEqual([0, 0])
  })

  it('keeps its place for the try after a failed one', () => {
    const request = newRetried()
    const other = newRequest()
    other.ask()
    request.claim.fail()
    request.ask()
    expect([request.told, other.told]).toEqual([['goes on', 'goes on'], []])
  })
})

describe('requests that were tried again', () => {
  const end = (times: number, isFailure: boolean, isAnswered: boolean) => {
    for (let i = 0; i < times; i += 1) {
      const { claim } = newRetried()
      if (isFailure) claim.fail()
      claim.end(isAnswered)
    }
  }

  it('in vain, ten in a row, are the last', () => {
    end(9, true, false)
    newRetried().claim.end(true)
    end(1, true, false)
    const refused = newRequest()
    refused.ask()
    expect(refused.told).toEqual(['exhausted'])
  })

  it('say nothing when the try was not the fault of its upstream', () => {
    end(20, false, false)
    newRetried()
  })
})
