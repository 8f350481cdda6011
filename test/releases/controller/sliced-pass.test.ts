import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { SlicedPass } from '../../../src/releases/controller/sliced-pass.ts'

const IDS = Array.from({ length: 25 }, (_, n) => `id-${n}`)

it('looks at all, with turns for others in between', async () => {
  const looked: string[] = []
  const pass = new SlicedPass(
    () => IDS,
    (id) => looked.push(id),
  )
  const done = pass.begin()
  expect(looked).toHaveLength(10)
  await setImmediate()
  expect(looked.length).toBeLessThan(25)
  await done
  expect(looked).toEqual(IDS)
})

it('is done once more, and not twice more, when it is wanted meanwhile', async () => {
  let count = 0
  const pass = new SlicedPass(
    () => IDS,
    () => {
      count += 1
    },
  )
  const done = pass.begin()
  await pass.begin()
  await pass.begin()
  await done
  expect(count).toBe(50)
})
