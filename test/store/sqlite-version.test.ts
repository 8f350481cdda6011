import { expect, it } from 'vitest'
import { isOldSqlite } from '../../src/store/sqlite/sqlite-version.ts'

it.each([
  ['3.51.2', true],
  ['3.51.3', false],
  ['3.51.10', false],
  ['3.52.0', false],
  ['3.7.17', true],
  ['3.51', true],
  ['2.99.99', true],
  ['4.0.0', false],
])('SQLite %s is too old: %s', (version, expected) => {
  expect(isOldSqlite(version)).toBe(expected)
})
