import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { temporaryDatabase } from '../support/store-files.ts'
import { AUTHOR, storedRow } from '../support/store-rows.ts'

const ROWS = 3000

it('a long transaction gives the event loop its turns, and nobody sees it half done', async () => {
  const store = await openStore(`sqlite:${temporaryDatabase()}`)
  let isCommitted = false
  const change = store.change(
    AUTHOR,
    async (transaction) => {
      for (let n = 1; n <= ROWS; n += 1) await transaction.insert(storedRow('consumers', n))
    },
    () => {},
  )
  const committed = change.then(() => {
    isCommitted = true
  })
  const counts: Promise<number>[] = []
  let turns = 0
  for (; !isCommitted; turns += 1) {
    if (turns < 10) counts.push(store.count('consumers'))
    await setImmediate()
  }
  await committed
  expect(turns).toBeGreaterThan(10)
  const seen = new Set(await Promise.all(counts))
  expect([...seen].filter((count) => count !== 0 && count !== ROWS)).toEqual([])
  expect(await store.count('consumers')).toBe(ROWS)
  await store.close()
})
