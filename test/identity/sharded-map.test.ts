import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ShardedMap } from '../../src/identity/sharded-map.ts'

test('a sharded map holds what a map would after any edits, and every version keeps its own', () => {
  const key = fc.oneof(fc.constantFrom('a', 'b', '', '__proto__'), fc.string())
  const edit = fc.tuple(key, fc.option(fc.integer()))
  fc.assert(
    fc.property(fc.array(fc.array(edit), { maxLength: 6 }), (history) => {
      const versions = [{ map: new ShardedMap<number>(), model: new Map<string, number>() }]
      for (const edits of history) {
        const last = versions.at(-1)!
        const draft = last.map.edit()
        const model = new Map(last.model)
        for (const [name, value] of edits) {
          if (value === null) draft.delete(name)
          else draft.set(name, value)
          if (value === null) model.delete(name)
          else model.set(name, value)
          expect(draft.get(name)).toBe(model.get(name))
        }
        versions.push({ map: draft.finish(), model })
      }
      for (const { map, model } of versions) {
        expect(map.size).toBe(model.size)
        expect(new Map(map.entries())).toEqual(model)
        for (const [name, value] of model) expect(map.get(name)).toBe(value)
      }
    }),
  )
})
