import { expect, test } from 'vitest'
import { watchFile } from '../../../src/cli/config/watch-file.ts'

/** Stamps of the file as it is seen, one a turn, and what applying it comes to; gives the stamps that were applied. */
async function applied(stamps: readonly string[], outcomes: readonly boolean[] = []) {
  const stop = new AbortController()
  const seen = [...stamps]
  const results = [...outcomes]
  const done: string[] = []
  let stamp = ''
  await watchFile(
    {
      stampOf: () => {
        stamp = seen.shift() ?? stamp
        return stamp
      },
      pause: async () => {
        if (seen.length === 0) stop.abort()
      },
      stopped: stop.signal,
    },
    async () => {
      done.push(stamp)
      return results.shift() ?? true
    },
  )
  return done
}

test.each([
  ['once when nothing changes', ['a', 'a', 'a'], [], ['a']],
  ['again when it has changed and then stayed', ['a', 'b', 'b', 'b'], [], ['a', 'b']],
  ['not while it changes', ['a', 'b', 'c', 'd'], [], ['a']],
  ['not when it is as it was before', ['a', 'b', 'a', 'a'], [], ['a']],
  ['until nothing but the file is to blame', ['a', 'a', 'a', 'a'], [false, false], ['a', 'a', 'a']],
])('applies a file %s', async (_, stamps, outcomes, expected) => {
  expect(await applied(stamps, outcomes)).toEqual(expected)
})
