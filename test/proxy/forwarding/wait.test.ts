import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Wait } from '../../../src/proxy/forwarding/wait.ts'

let late: string[]
let wait: Wait<'head' | 'body'>

beforeEach(() => {
  vi.useFakeTimers()
  late = []
  wait = new Wait((reason) => late.push(reason))
})
afterEach(() => vi.useRealTimers())

describe('a wait', () => {
  it('is over in vain when its time is, and not before', () => {
    wait.start('head', 100)
    vi.advanceTimersByTime(99)
    expect(late).toEqual([])
    vi.advanceTimersByTime(2)
    expect(late).toEqual(['head'])
  })

  it('begins anew with what is waited for next, for as long or for longer', () => {
    wait.start('head', 100)
    vi.advanceTimersByTime(60)
    wait.start('body', 100)
    vi.advanceTimersByTime(99)
    expect(late).toEqual([])
    vi.advanceTimersByTime(2)
    expect(late).toEqual(['body'])
  })

  it('may be shorter than the one before it', () => {
    wait.start('head', 1_000)
    wait.start('body', 10)
    vi.advanceTimersByTime(12)
    expect(late).toEqual(['body'])
  })

  it('is over in vain once, however often it was put off', () => {
    for (let i = 0; i < 20; i += 1) {
      wait.start('body', 100)
      vi.advanceTimersByTime(50)
    }
    expect(late).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect(late).toEqual(['body'])
  })

  it('leaves no timer when it is stopped', () => {
    wait.start('head', 100)
    vi.advanceTimersByTime(50)
    wait.start('body', 100)
    wait.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})
