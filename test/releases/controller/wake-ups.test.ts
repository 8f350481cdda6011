import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WakeUps } from '../../../src/releases/controller/wake-ups.ts'

let woken: string[]
let wakeUps: WakeUps

beforeEach(() => {
  vi.useFakeTimers()
  woken = []
  wakeUps = new WakeUps((id) => woken.push(id))
})

afterEach(() => {
  vi.useRealTimers()
})

it('wakes each release when its time has come', () => {
  wakeUps.in('a', 450)
  wakeUps.in('b', 200)
  vi.advanceTimersByTime(449)
  expect(woken).toEqual(['b'])
  vi.advanceTimersByTime(1)
  expect(woken).toEqual(['b', 'a'])
})

it('wakes by what was asked for last, once', () => {
  wakeUps.in('a', 100)
  wakeUps.in('a', 300)
  vi.advanceTimersByTime(5_000)
  expect(woken).toEqual(['a'])
})

it('leaves to the next tick what it finds, and what is due already', () => {
  wakeUps.in('a', 1_000)
  wakeUps.in('b', 0)
  wakeUps.in('c', -5)
  vi.advanceTimersByTime(5_000)
  expect(woken).toEqual([])
})

it('wakes nobody once it is cancelled or stopped', () => {
  wakeUps.in('a', 100)
  wakeUps.in('b', 100)
  wakeUps.cancel('a')
  wakeUps.stop()
  wakeUps.in('c', 100)
  vi.advanceTimersByTime(5_000)
  expect(woken).toEqual([])
})
