import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FormTree } from '../../../src/admin/body/form-tree.ts'
import { parseForm } from '../../../src/admin/body/parse-form.ts'
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
  ['a=%&b=%4&c=%zz', { a: { _: ['%'] }, b: { _: ['%4'] }, c: { _: ['%zz'] } }],
  ['%C3%A4=%EF%BB%BF%F0%9F%A6%8D', { ä: { _: ['\uFEFF🦍'] } }],
  ['a==b&&c', { a: { _: ['=b'] }, c: { _: [''] } }],
  ['=1', { '': { _: ['1'] } }],
  ['', {}],
])('reads %s', (text, tree) => {
  expect(plain(parseForm(text))).toEqual(tree)
})

it.each([
  ['username=%ff%fe', "the value of 'username' is not valid UTF-8"],
  ['a.b[]=ok&a.b[]=%ed%a0%80', "the value of 'a.b[]' is not valid UTF-8"],
  ['name=%c3', "the value of 'name' is not valid UTF-8"],
  ['name=%c0%ae', "the value of 'name' is not valid UTF-8"],
  ['na%ffme=a', "the key 'na%ffme' is not valid UTF-8"],
  [`${'n'.repeat(1000)}=%ff`, `the value of '${'n'.repeat(64)}…' is not valid UTF-8`],
  [`a${'[x]'.repeat(3_000_000)}=1`, 'a key is longer than 8192 characters'],
  [`a${'[x]'.repeat(20_000)}=1`, 'it is nested more than 64 levels deep'],
  [`${'a.'.repeat(30_000)}=1`, 'it is nested more than 64 levels deep'],
  ['&'.repeat(10_000_000), 'it holds more than 10000 values'],
  [`a=${'+'.repeat(9_000_000)}`, 'a text is longer than 65536 characters'],
  [`a=${'%'.repeat(9_000_000)}`, 'a text is longer than 65536 characters'],
  [`${'%41'.repeat(3_000_000)}=a`, 'a key is longer than 8192 characters'],
] as const)('refuses %.40s', (text, reason) => {
  expect(() => parseForm(text)).toThrow(`Cannot accept the body: ${reason}`)
})

it('counts what it makes, not only what is sent', () => {
  const field = (index: number, depth: number) => `k${index}${'.x'.repeat(depth - 1)}=`
  const form = (count: number) =>
    Array.from({ length: count }, (_, index) => field(index, 50)).join('&')
  expect(parseForm(form(200)).children.size).toBe(200)
  expect(() => parseForm(form(201))).toThrow('it holds more than 10000 values')
})

it('takes a text as long as any field does, each byte of it in percent-encoding', () => {
  const [value = ''] = parseForm(`a=${'%E2%82%AC'.repeat(65_536)}`).children.get('a')?.values ?? []
  expect(value).toBe('€'.repeat(65_536))
})

describe('whatever is sent', () => {
  it('is read or refused as a body that cannot be parsed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab.[]=&%0+1'), maxLength: 300 }),
        (text) => {
          try {
            parseForm(text)
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
          let node: FormTree | undefined = parseForm(form.toString())
          for (const part of path) node = node?.children.get(part)
          expect(node?.values).toEqual([value.toWellFormed()])
        }
      }),
    )
  })
})
