import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  firstFormValue,
  firstQueryValue,
  queryValues,
  withoutQueryArgs,
} from '../../src/model/query-args.ts'

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

describe('the first value of a query argument', () => {
  test.each<[string, string | true | undefined]>([
    ['', undefined],
    ['?key', true],
    ['?key=', ''],
    ['?key=1&key=2', '1'],
    ['?key&key=2', true],
    ['?a=1&%6bey=a+b%C3%A9', 'a bé'],
    ['?keys=1&ke=2&k=3', undefined],
    ['?&&key=v', 'v'],
    ['?%6bey%=v', undefined],
    ['?%FFkey=v', undefined],
  ])('in %j is %j', (query, expected) => {
    expect(firstQueryValue(query, 'key')).toBe(expected)
  })

  test.each([
    ['?a+b=v', 'a b', 'v'],
    ['?a%2Bb=v', 'a+b', 'v'],
    ['?a%3Db=v', 'a=b', 'v'],
    ['?caf%C3%A9=v', 'café', 'v'],
    ['?100%=v', '100%', 'v'],
    ['?a%41=v', 'a%41', undefined],
  ])('in %j under the name %j is %j', (query, name, expected) => {
    expect(firstQueryValue(query, name)).toBe(expected)
  })

  test('in a form is the same, but a question mark is part of the name', () => {
    expect(firstFormValue('key=a%20b&key=2', 'key')).toBe('a b')
    expect(firstFormValue('?key=1', 'key')).toBeUndefined()
    expect(firstFormValue('?key=1', '?key')).toBe('1')
  })

  test('is the first of all values', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab=&%41+é') })
    fc.assert(
      fc.property(text, text, (query, name) => {
        const [first] = queryValues(query, name, '\0')
        const expected = first === '\0' ? true : first
        expect(firstQueryValue(query, name)).toBe(expected)
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
