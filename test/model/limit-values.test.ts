import { describe, expect, test } from 'vitest'
import { orOff, parseCount, parseSize, parseTimeLimit } from '../../src/model/limit-values.ts'

describe('a size', () => {
  test.each([
    ['512', 512],
    ['512B', 512],
    ['8KiB', 8192],
    ['1MiB', 1_048_576],
  ])('%s is %i bytes', (text, value) => {
    expect(parseSize(2 ** 20)(text)).toEqual({ kind: 'ok', value })
  })

  test.each(['', '0', '-1', '1.5', '8kb', '8 KiB', '2MiB', '1e3', '99999999999'])(
    'cannot be %j',
    (text) => {
      expect(parseSize(2 ** 20)(text)).toEqual({
        kind: 'wrong',
        allowed:
          'must be a number of bytes, alone or with KiB or MiB behind it, from 1 to 1048576, for example 8KiB',
      })
    },
  )
})

test.each([
  ['1', true],
  ['100', true],
  ['0', false],
  ['101', false],
  ['x', false],
  ['', false],
])('a count from 1 to 100: %j', (text, isRight) => {
  expect(parseCount(1, 100)(text)).toEqual(
    isRight
      ? { kind: 'ok', value: Number(text) }
      : { kind: 'wrong', allowed: 'must be a whole number from 1 to 100' },
  )
})

test.each([
  ['10ms', { kind: 'ok', value: 10 }],
  ['2m', { kind: 'ok', value: 120_000 }],
  ['0s', { kind: 'wrong', allowed: 'must be at least 10ms' }],
  ['60', { kind: 'wrong', allowed: expect.stringContaining('ms, s, m or h') }],
])('a limit in time: %s', (text, parsed) => {
  expect(parseTimeLimit(text)).toEqual(parsed)
})

test.each([
  ['off', { kind: 'ok', value: null }],
  ['false', { kind: 'ok', value: null }],
  ['5', { kind: 'ok', value: 5 }],
  ['6', { kind: 'wrong', allowed: 'must be a whole number from 1 to 5, or off' }],
])('what may be off: %s', (text, parsed) => {
  expect(orOff(parseCount(1, 5))(text)).toEqual(parsed)
})
