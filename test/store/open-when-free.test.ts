import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import { type HolderWait, openWhenFree } from '../../src/store/open-when-free.ts'

const held = new GatewayError('database_in_use', 'in use by process 4711')

/** A wait of 10 s on a clock that goes on by 4 s with each look. */
function waiting(parts: Partial<HolderWait> = {}) {
  const told: string[] = []
  let nowMs = 0
  const wait: HolderWait = {
    maxMs: 10_000,
    monotonicMs: () => {
      nowMs += 4_000
      return nowMs
    },
    onWait: (error) => told.push(error.message),
    isGivenUp: () => false,
    ...parts,
  }
  return { wait, told }
}

describe('a database that another process holds', () => {
  test('is opened when it is free; whoever holds it is told once', async () => {
    const store = await openStore('sqlite::memory:')
    const { wait, told } = waiting()
    let looks = 0
    const open = async () => {
      looks += 1
      if (looks < 3) throw held
      return store
    }
    expect(await openWhenFree(open, wait)).toBe(store)
    expect(looks).toBe(3)
    expect(told).toEqual(['in use by process 4711'])
    await store.close()
  })

  test('is refused with the usual error when the time is over, or when there is none', async () => {
    const open = async () => {
      throw held
    }
    const { wait, told } = waiting()
    await expect(openWhenFree(open, wait)).rejects.toBe(held)
    expect(told).toHaveLength(1)
    const impatient = waiting({ maxMs: 0 })
    await expect(openWhenFree(open, impatient.wait)).rejects.toBe(held)
    expect(impatient.told).toEqual([])
  })

  test('is not waited for when anything else is wrong', async () => {
    const broken = new GatewayError('cannot_open_database', 'damaged')
    const open = async () => {
      throw broken
    }
    const { wait, told } = waiting()
    await expect(openWhenFree(open, wait)).rejects.toBe(broken)
    expect(told).toEqual([])
  })

  test('is not opened any more once the wait is given up', async () => {
    let looks = 0
    const open = async () => {
      looks += 1
      throw held
    }
    const { wait } = waiting({ isGivenUp: () => looks === 1 })
    expect(await openWhenFree(open, wait)).toBeNull()
    expect(looks).toBe(1)
  })
})
