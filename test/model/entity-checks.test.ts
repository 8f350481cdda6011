import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  type EntityCheck,
  entityChecksOf,
  type Requirement,
  type ValueTest,
  withEntityChecks,
} from '../../src/model/entity-checks.ts'
import {
  allOrNone,
  atLeastOneOf,
  conditional,
  distinct,
  exactlyOneOf,
} from '../../src/model/entity-rules.ts'

function violations(check: EntityCheck, values: Readonly<Record<string, unknown>>) {
  return check.violations((field) => values[field])
}

describe('a condition', () => {
  const messages = (is: ValueTest, must: Requirement, when: unknown, then: unknown) =>
    violations(conditional({ when: 'a', is, field: 'b', must }), { a: when, b: then }).map(
      ({ field, message }) => `${field}: ${message}`,
    )
  const failed = "@entity: failed conditional validation given value of field 'a'"

  test.each([
    [{ oneOf: ['x', 'y'] }, 'x', true],
    [{ oneOf: ['x', 'y'] }, 'z', false],
    [{ noneOf: ['x', 'y'] }, 'x', false],
    [{ noneOf: ['x', 'y'] }, 'z', true],
  ])('%j holds for %s: %s', (is, value, holds) => {
    const expected = holds ? [failed, 'b: value must be null'] : []
    expect(messages(is, { isNull: true }, value, 'given')).toEqual(expected)
  })

  test.each<[Requirement, unknown, string | null]>([
    [{ isNull: true }, null, null],
    [{ isNull: true }, 0, 'b: value must be null'],
    [{ isGiven: true }, 'text', null],
    [{ isGiven: true }, '', 'b: required field missing'],
    [{ isGiven: true }, null, 'b: required field missing'],
    [{ isGiven: true }, [], 'b: required field missing'],
    [{ isGiven: true, problem: (value) => `${value}?` }, 'odd', 'b: odd?'],
    [{ isGiven: true, problem: () => null }, 'fine', null],
    [{ oneOf: ['x', 'y'] }, 'y', null],
    [{ oneOf: ['x', 'y'] }, null, null],
    [{ oneOf: ['x', 'y'] }, 'z', 'b: expected one of: x, y'],
  ])('that demands %j of %j says %s', (must, value, problem) => {
    const expected = problem === null ? [] : [failed, problem]
    expect(messages({ oneOf: [1] }, must, 1, value)).toEqual(expected)
  })
})

test('a schema tells the rules that it was given, and the others none', () => {
  const checks = [
    atLeastOneOf(['a', 'b']),
    exactlyOneOf(['a', 'b']),
    allOrNone(['a', 'b']),
    distinct(['a', 'b']),
    atLeastOneOf(['a'], { fields: ['b'], isTrue: () => true }),
  ]
  const plain = z.strictObject({ a: z.string(), b: z.string() })
  const checked = withEntityChecks(plain, checks)
  expect(entityChecksOf(checked).map(({ form }) => form?.kind)).toEqual([
    'at-least-one',
    'exactly-one',
    'all-or-none',
    'distinct',
    undefined,
  ])
  expect(entityChecksOf(plain)).toEqual([])
})
