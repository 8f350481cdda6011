import { beforeEach, describe, expect, it } from 'vitest'
import { FaultWindows } from './fault-windows.ts'
import { Ledger, pathOf } from './ledger.ts'

let windows: FaultWindows
let ledger: Ledger
let nowMs: number

beforeEach(() => {
  windows = new FaultWindows()
  nowMs = 0
  ledger = new Ledger(windows, () => nowMs)
})

const LOST = { result: 'failed', failure: 502, detail: 'bad gateway' } as const
const begin = () => ledger.begin('GET', 'shop')
const log = (path: string, status = 200) => ledger.logged({ path, status })
const lines = () => ({ missing: ledger.missingLines, surplus: ledger.surplusLines })

describe('the ledger', () => {
  it('wants one line in the access log for each answered request, in any order', () => {
    const [first, second, third] = [begin(), begin(), begin()]
    log(pathOf(first))
    ledger.end(first, { result: 'good' })
    ledger.end(second, { result: 'good' })
    expect(lines()).toEqual({ missing: 1, surplus: 0 })
    log(pathOf(second))
    expect(lines()).toEqual({ missing: 0, surplus: 0 })
    log(pathOf(second))
    log('/shop/99')
    expect(lines()).toEqual({ missing: 0, surplus: 2 })
    log(pathOf(third))
    log(pathOf(third))
    expect(lines()).toEqual({ missing: 0, surplus: 3 })
  })

  it('wants at most one for a client that left', () => {
    const [first, second] = [begin(), begin()]
    ledger.end(first, { result: 'left' })
    ledger.end(second, { result: 'left' })
    log(pathOf(second))
    expect(lines()).toEqual({ missing: 0, surplus: 0 })
  })

  it('wants as many lines without a number as there were requests without one', () => {
    ledger.anonymous('malformed', { result: 'good' })
    expect(lines()).toEqual({ missing: 1, surplus: 0 })
    log('')
    expect(lines()).toEqual({ missing: 0, surplus: 0 })
    log('/x')
    expect(lines()).toEqual({ missing: 0, surplus: 1 })
  })

  it('tells failures that a fault explains from the others, with their details', () => {
    ledger.end(begin(), LOST)
    const close = windows.open('shop', 'killed')
    ledger.end(begin(), LOST)
    close(0)
    nowMs = 60_000
    ledger.end(begin(), LOST)
    expect(ledger.totals().get('GET')).toEqual({ good: 0, left: 0, explained: 1, unexplained: 2 })
    expect(ledger.examples).toEqual([
      'GET to shop: 502 bad gateway',
      'GET to shop: 502 bad gateway',
    ])
  })

  it('counts answers 500 by the access log', () => {
    log(pathOf(begin()), 500)
    expect(ledger.internalErrors).toBe(1)
  })
})
