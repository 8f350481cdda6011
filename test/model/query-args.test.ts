import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { queryValues, withoutQueryArgs } from '../../src/model/query-args.ts'

describe('values of a query argument', () => {
  test.each<[string, readonly string[]]>([
    ['', []],
    ['?', []],
    ['?key', ['']],
    ['?key=', ['']],
    ['?key=v', ['v']],
    ['key=v', ['v']],
    ['?a=1&key=v&b=2', ['v']],
    ['?key=1&key=2', ['1', '2']],
    ['?key=a=b', ['a=b']],
    ['?key=a+b', ['a b']],
    ['?key=a%20b%C3%A9', ['a bé']],
    ['?%6Bey=v', ['v']],
    ['?Key=v', []],
    ['?mykey=v&keys=v', []],
    ['?key=%', ['%']],
    ['?key=%4', ['%4']],
    ['?key=%zz%41', ['%zzA']],
    ['?key=%FF', ['\uFFFD']],
    ['?key=%2541', ['%41']],
    ['?&&key=v&', ['v']],
    ['?key=é', ['é']],
    ['?a?key=v', []],
  ])('in %j are %j', (query, expected) => {
    expect(queryValues(query, 'key')).toEqual(expected)
  })

  test('an argument without = counts as what the caller says', () => {
    expect(queryValues('?key&key=&key=v', 'key', 'true')).toEqual(['true', '', 'v'])
  })

  test('reading never throws, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (query, name) => {
        expect(Array.isArray(queryValues(query, name))).toBe(true)
      }),
    )
  })

  test('what a browser would send is read back', () => {
    const argument = fc.tuple(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(fc.array(argument), (args) => {
        const sent = new URLSearchParams(args)
        for (const name of new Set(sent.keys())) {
          expect(queryValues(`?${sent}`, name)).toEqual(sent.getAll(name))
        }
      }),
    )
  })
})

describe('a query without some arguments', () => {
  test.each([
    ['', ''],
    ['?', '?'],
    ['?a=1', '?a=1'],
    ['?key=v', ''],
    ['key=v', ''],
    ['?key', ''],
    ['?a=1&key=v&b=2', '?a=1&b=2'],
    ['?key=v&a=%zz&&b=+', '?a=%zz&&b=+'],
    ['?a=1&key=1&key=2', '?a=1'],
    ['?%6bey=v&a=1', '?a=1'],
    ['?token=v&a', '?a'],
    ['?keys=v&mykey=v', '?keys=v&mykey=v'],
    ['?a&key=v&', '?a&'],
  ])('%j is %j', (query, expected) => {
    expect(withoutQueryArgs(query, ['key', 'token'])).toBe(expected)
  })

  test('has no such argument left, and all others as they were', () => {
    const part = fc.constantFrom(
      'key=1',
      'key',
      '%6Bey=2',
      'k%65y',
      'a=1',
      'b',
      '',
      'c=%zz',
      'd+=+',
    )
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const query = `?${parts.join('&')}`
        const left = withoutQueryArgs(query, ['key'])
        expect(queryValues(left, 'key')).toEqual([])
        for (const other of ['a', 'b', 'c', 'd ']) {
          expect(queryValues(left, other)).toEqual(queryValues(query, other))
        }
      }),
    )
  })
})
