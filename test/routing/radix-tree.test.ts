import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  emptyRadixTree,
  type RadixNode,
  radixGet,
  radixStep,
  radixStepBack,
  radixUpdate,
} from '../../src/routing/radix-tree.ts'

const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/', 'z'), maxLength: 6 })
const put = (tree: RadixNode<number>, at: string, value: number | null) =>
  radixUpdate(tree, at, () => value)
const treeOf = (entries: Iterable<readonly [string, number]>) => {
  let tree = emptyRadixTree<number>()
  for (const [at, value] of entries) tree = put(tree, at, value)
  return tree
}
const walk = (
  root: RadixNode<number>,
  text: string,
  step: (node: RadixNode<number>, walked: number) => RadixNode<number> | null,
) => {
  const values: number[] = []
  let walked = 0
  let node: RadixNode<number> | null = root
  while (node !== null) {
    walked += node.label.length
    if (node.value !== null) values.push(node.value)
    node = walked < text.length ? step(node, walked) : null
  }
  return values
}

describe('a radix tree', () => {
  it('holds what a map would hold after any changes', () => {
    const operation = fc.tuple(key, fc.option(fc.nat(9)))
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), fc.array(key), (operations, probes) => {
        const map = new Map<string, number>()
        let tree = emptyRadixTree<number>()
        for (const [at, value] of operations) {
          tree = put(tree, at, value)
          if (value === null) map.delete(at)
          else map.set(at, value)
        }
        for (const at of [...probes, ...operations.map(([used]) => used)]) {
          expect(radixGet(tree, at)).toBe(map.get(at) ?? null)
        }
        expect(tree).toEqual(treeOf(map))
      }),
    )
  })

  it('has one shape for one content, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.nat(9))), (entries) => {
        const unique = [...new Map(entries)]
        expect(treeOf(unique.toReversed())).toEqual(treeOf(unique))
      }),
    )
  })

  it('passes, on one walk, exactly the keys that begin the text', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key), key, (keys, text) => {
        const tree = treeOf(keys.map((at, i) => [at, i]))
        const expected = keys.filter((at) => text.startsWith(at)).map((at) => keys.indexOf(at))
        const passed = walk(tree, text, (node, walked) => radixStep(node, text, walked))
        expect(passed.toSorted()).toEqual(expected.toSorted())
      }),
    )
  })

  it('passes, walking backwards over reversed keys, exactly those that end the text', () => {
    const reversed = (text: string) => text.split('').toReversed().join('')
    fc.assert(
      fc.property(fc.uniqueArray(key), key, (keys, text) => {
        const tree = treeOf(keys.map((at, i) => [reversed(at), i]))
        const expected = keys.filter((at) => text.endsWith(at)).map((at) => keys.indexOf(at))
        const passed = walk(tree, text, (node, walked) =>
          radixStepBack(node, text, text.length - walked),
        )
        expect(passed.toSorted()).toEqual(expected.toSorted())
      }),
    )
  })

  it('shares what a change does not touch, and is the same tree after a change that is none', () => {
    const before = treeOf([
      ['/a/x', 1],
      ['/b/y', 2],
    ])
    const after = put(before, '/a/z', 3)
    const branch = (tree: RadixNode<number>, text: string) => {
      const slash = radixStep(tree, text, 0)
      return slash === null ? null : radixStep(slash, text, slash.label.length)
    }
    expect(branch(after, '/b/y')).toBe(branch(before, '/b/y'))
    expect(branch(after, '/a/x')).not.toBe(branch(before, '/a/x'))
    expect(put(before, '/a/x', 1)).toBe(before)
    expect(put(before, '/nothing', null)).toBe(before)
    expect(put(before, '/a', null)).toBe(before)
  })
})
