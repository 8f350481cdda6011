import { describe, expect, test } from 'vitest'
import { OTHER_ID, parse, problems, SOME_ID } from './entity-input.ts'

const certificate = { id: OTHER_ID }

/** Source of the tables: Kong's unit tests of the SNI schema. */
describe('SNI', () => {
  test('has the fields of Kong', () => {
    expect(parse('snis', { name: 'shop.test', certificate })).toEqual({
      id: SOME_ID,
      created_at: 1700000000,
      updated_at: 1700000001,
      name: 'shop.test',
      certificate,
      tags: null,
    })
    expect(problems('snis', {})).toEqual({
      name: 'required field missing',
      certificate: 'required field missing',
    })
  })

  test.each([
    ['valid.name'],
    ['bar.foo.valid.name'],
    ['localhost'],
    ['*.wildcard.com'],
    ['*.test.wildcard.com'],
    ['wildcard.*'],
    ['foo.test.wildcard.*'],
  ])('may be for %s', (name) => {
    expect(parse('snis', { name, certificate }).name).toBe(name)
  })

  test.each([
    ['foo.*.com', 'wildcard must be leftmost or rightmost character'],
    ['foo.*.wildcard.com', 'wildcard must be leftmost or rightmost character'],
    ['foo*', 'wildcard must be leftmost or rightmost character'],
    ['*foo.com', 'wildcard must be leftmost or rightmost character'],
    ['*', 'wildcard must be leftmost or rightmost character'],
    ['*.example.*', 'only one wildcard must be specified'],
    ['*.*.wildcard.*', 'only one wildcard must be specified'],
    ['*.wildcard.com:8000', 'must not have a port'],
    ['wildcard.*:80', 'must not have a port'],
    ['valid.name:8000', 'must not have a port'],
    ['127.0.0.1', 'must not be an IP'],
    ['10.0.0.1:8001', 'must not be an IP'],
    ['::1', 'must not be an IP'],
    ['example^com', 'invalid value: example^com'],
    ['', 'length must be at least 1'],
    ['a b', 'invalid value: a b'],
    [7, 'expected a string'],
  ])('may not be for %s', (name, message) => {
    expect(problems('snis', { name, certificate })).toEqual({ name: message })
  })
})
