import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/model/route.ts'
import { entryKeys } from '../../src/routing/entry-keys.ts'
import { compileConditions, conditionsAtPort } from '../../src/routing/route-conditions.ts'
import { exampleRoute } from './examples.ts'

const keysOf = (fields: Partial<Route>, port: number | null = null) =>
  entryKeys(conditionsAtPort(compileConditions(exampleRoute(fields)), port)).map(
    ({ part, name, values }) => [part, name, ...values],
  )
const values = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`)

describe('entryKeys', () => {
  it('are all conditions that can be looked up, those with few values first', () => {
    const fields: Partial<Route> = {
      methods: ['GET', 'PUT', 'POST'],
      headers: { 'X-B': ['One', 'ONE'], 'X-A': ['1'], 'X-C': ['~*^a'] },
      snis: ['A.test.'],
    }
    expect(keysOf(fields, 8443)).toEqual([
      ['headers', 'x-a', '1'],
      ['headers', 'x-b', 'one'],
      ['ports', '', '8443'],
      ['serverNames', '', 'a.test', ''],
      ['methods', '', 'GET', 'PUT', 'POST'],
    ])
    expect(keysOf({ paths: ['/'] })).toEqual([])
  })

  it('take header values as the bytes in which they are sent', () => {
    expect(keysOf({ headers: { a: ['é'] } })).toEqual([['headers', 'a', '\u00e3\u00a9']])
  })

  it.each([
    ['8 times 8 values', { a: values(8), b: values(8) }, ['a', 'b']],
    ['8 times 9 values', { a: values(8), b: values(9) }, ['a']],
    ['4 times 4 times 5 values', { a: values(5), b: values(4), c: values(4) }, ['b', 'c']],
    ['1 times 65 values', { a: ['1'], b: values(65) }, ['a']],
    ['65 values alone', { a: values(65) }, ['a']],
  ])('leave out what would make too many places: %s', (_, headers, names) => {
    expect(keysOf({ headers }).map(([, name]) => name)).toEqual(names)
  })
})
