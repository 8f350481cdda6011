import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FormTree, parseFormTree } from '../../../src/admin/body/form-tree.ts'
import { GatewayError } from '../../../src/model/errors.ts'

/** A tree as plain data: `_` holds the values. */
function plain({ values, children }: FormTree): Record<string, unknown> {
  const entries = [...children].map(([name, child]) => [name, plain(child)])
  return { ...(values.length > 0 ? { _: values } : {}), ...Object.fromEntries(entries) }
}

it.each([
  ['a=1', { a: { _: ['1'] } }],
  ['a=1&a=2', { a: { _: ['1', '2'] } }],
  ['a.b.c=1', { a: { b: { c: { _: ['1'] } } } }],
  ['a[b].c=1', { a: { b: { c: { _: ['1'] } } } }],
  ['a[]=1&a[]=2', { a: { '': { _: ['1', '2'] } } }],
  ['a[2]=x&a[1]=y', { a: { 2: { _: ['x'] }, 1: { _: ['y'] } } }],
  ['a[x.y]=1', { a: { 'x.y': { _: ['1'] } } }],
  ['a%5Bb%5D=1+2%263', { a: { b: { _: ['1 2&3'] } } }],
  ['a[b=1', { 'a[b': { _: ['1'] } }],
  ['a', { a: { _: [''] } }],
  ['=1', { '': { _: ['1'] } }],
  ['', {}],
])('reads %s', (text, tree) => {
  expect(plain(parseFormTree(text))).toEqual(tree)
})

describe('whatever is sent', () => {
  it('is read or refused as a body that cannot be parsed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab.[]=&%0+1'), maxLength: 300 }),
        (text) => {
          try {
            parseFormTree(text)
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError)
          }
        },
      ),
    )
  })

  it('comes back under the path it was sent with', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abcÄ _-'), minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), fc.string(), (path, value) => {
        const [first = '', ...rest] = path
        for (const key of [path.join('.'), first + rest.map((part) => `[${part}]`).join('')]) {
          const form = new URLSearchParams([[key, value]])
          let node: FormTree | undefined = parseFormTree(form.toString())
          for (const part of path) node = node?.children.get(part)
          expect(node?.values).toEqual([value.toWellFormed()])
        }
      }),
    )
  })
})
