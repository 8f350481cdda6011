import { expect, test } from 'vitest'
import { connectionsWithin } from '../../src/proxy/limits.ts'

test.each([
  [null, 10_000],
  [1_048_576, 10_000],
  [20_001, 10_000],
  [1024, 512],
  [255, 127],
])('of %j files that may be open, clients get %i', (openFiles, connections) => {
  expect(connectionsWithin(10_000, openFiles)).toBe(connections)
})
