import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dumpFile } from '../../src/declarative/dump.ts'
import { sortedByKey } from '../../src/declarative/sorted.ts'
import { afterPlan, finish, planOf, readSound } from './support.ts'

test('a dump is made in small pieces, however much belongs to one entity', () => {
  const routes = Array.from({ length: 300 }, (_, n) => ({ name: `r-${n}`, paths: [`/${n}`] }))
  const services = [{ name: 'shop', host: 'a.test', routes }]
  const file = readSound(JSON.stringify({ _format_version: '3.0', services }))
  const snapshot = afterPlan(planOf(file))
  const pieces = [...dumpFile(snapshot, [])]
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300)
  const again = planOf(readSound(pieces.join('')), snapshot)
  expect(again).toMatchObject({ writes: [], removals: [], unchanged: 301 })
})

test.each([
  'yes',
  'on',
  'NO',
  '0x1f',
  '012',
  '1_000',
  '1:30',
  'null',
  '~',
  ' a',
  'a: b',
  '# a',
  '&a',
])('the text %j is a text to readers of YAML 1.1 too', (tag) => {
  const file = JSON.stringify({
    _format_version: '3.0',
    services: [{ name: 's', host: 'a.test', tags: [tag] }],
  })
  const text = [...dumpFile(afterPlan(planOf(readSound(file))), [])].join('')
  expect(text).toMatch(/- (['"]).*\1\n/)
})

test('sorting in parts is sorting', () => {
  const lists = fc.integer({ min: 0, max: 2500 }).chain((length) =>
    fc.array(fc.record({ key: fc.string({ maxLength: 2 }), at: fc.nat() }), {
      minLength: length,
      maxLength: length,
    }),
  )
  fc.assert(
    fc.property(lists, (items) => {
      const order = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1)
      const expected = items.toSorted((a, b) => order(a.key, b.key))
      expect(finish(sortedByKey(items, ({ key }) => key))).toEqual(expected)
    }),
    { numRuns: 15 },
  )
})
