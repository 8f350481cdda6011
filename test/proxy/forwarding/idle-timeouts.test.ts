import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type IdleConnection, IdleTimeouts } from '../../../src/proxy/forwarding/idle-timeouts.ts'

let idle: Set<IdleConnection>
let timeouts: IdleTimeouts

beforeEach(() => {
  vi.useFakeTimers()
  idle = new Set()
  timeouts = new IdleTimeouts(() => idle)
})
afterEach(() => vi.useRealTimers())

function begin(connection: IdleConnection, idleMs: number): IdleConnection {
  idle.add(connection)
  timeouts.begin(connection, idleMs)
  return connection
}

describe('idle connections', () => {
  it('are closed each in its time, with one timer for all', () => {
    const late = begin(new Socket(), 1_000)
    const early = begin(new Socket(), 300)
    vi.advanceTimersByTime(200)
    const last = begin(new Socket(), 1_000)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(99)
    expect(early.destroyed).toBe(false)
    vi.advanceTimersByTime(2)
    expect([early.destroyed, late.destroyed]).toEqual([true, false])
    idle.delete(early)
    vi.advanceTimersByTime(700)
    expect([late.destroyed, last.destroyed]).toEqual([true, false])
    idle.delete(late)
    vi.advanceTimersByTime(200)
    expect(last.destroyed).toBe(true)
  })

  it('are not closed while they are in use, and have all their time again after that', () => {
    const connection = begin(new Socket(), 500)
    vi.advanceTimersByTime(400)
    idle.delete(connection)
    vi.advanceTimersByTime(300)
    begin(connection, 500)
    vi.advanceTimersByTime(499)
    expect(connection.destroyed).toBe(false)
    vi.advanceTimersByTime(2)
    expect(connection.destroyed).toBe(true)
  })

  it('have no timer when there are none', () => {
    const connection = begin(new Socket(), 500)
    idle.delete(connection)
    vi.advanceTimersByTime(501)
    expect(vi.getTimerCount()).toBe(0)
  })
})
