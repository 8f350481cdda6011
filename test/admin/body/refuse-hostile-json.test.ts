import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refuseHostileInput } from '../../../src/admin/body/refuse-hostile-input.ts'
import { refuseHostileJson } from '../../../src/admin/body/refuse-hostile-json.ts'

const TOO_DEEP = 'Cannot accept the body: it is nested more than 64 levels deep'
const TOO_MANY = 'Cannot accept the body: it holds more than 10000 values'
const KEY_TOO_LONG = 'Cannot accept the body: a key is longer than 8192 characters'
const TEXT_TOO_LONG = 'Cannot accept the body: a text is longer than 65536 characters'

/** What it says of a text; null when it lets it pass. */
function problem(text: string): string | null {
  return failureOf(() => refuseHostileJson(Buffer.from(text)))
}

function failureOf(check: () => void): string | null {
  try {
    check()
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** The text repeated to fill ten million bytes, and how often a byte of it was looked at. */
function countReads(start: string, repeated: string): { problem: string | null; reads: number } {
  const bytes = Buffer.from(start + repeated.repeat(10_000_000 / repeated.length))
  let reads = 0
  const watched = new Proxy(bytes, {
    get(target, key) {
      if (key !== 'length') reads++
      return Reflect.get(target, key)
    },
  })
  return { problem: failureOf(() => refuseHostileJson(watched)), reads }
}

describe('JSON that costs too much to parse', () => {
  it.each([
    ['lists in lists', '{"host":', '[', TOO_DEEP],
    ['objects in objects', '', '{"a":', TOO_DEEP],
    ['lists that are never closed', '', '[', TOO_DEEP],
    ['many values', '{"tags":[', '1,', TOO_MANY],
    ['many keys', '{', '"a":1,', TOO_MANY],
    ['many empty lists', '[', '[],', TOO_MANY],
    ['many empty objects', '{"a":[', '{},', TOO_MANY],
    ['many short lists', '[', '[1],', TOO_MANY],
    ['commas alone', '', ',', TOO_MANY],
    ['a long text', '{"a":"', 'a', TEXT_TOO_LONG],
    ['a long text of escapes', '{"a":"', '\\"', TEXT_TOO_LONG],
    ['a long text in a list', '["', '\\u0041', TEXT_TOO_LONG],
    ['a long key', '{"', 'a', KEY_TOO_LONG],
    ['a long key after a value', '{"a":1, "', 'a', KEY_TOO_LONG],
  ])('%s: refused after a small part of ten million bytes', (_, start, repeated, message) => {
    const counted = countReads(start, repeated)
    expect(counted.problem).toBe(message)
    expect(counted.reads).toBeLessThan(1_000_000)
  })
})

describe('the limits', () => {
  const list = (count: number) => `{"a":[${Array(count).fill('1').join(',')}]}`
  const deep = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

  it.each([
    ['9 999 in a list under one key', list(9_999), null],
    ['10 000 in a list under one key', list(10_000), TOO_MANY],
    ['64 levels', deep(64), null],
    ['65 levels', deep(65), TOO_DEEP],
    ['a text of 65 536 characters', `{"a":"${'a'.repeat(65_536)}"}`, null],
    ['the same in escapes', `{"a":"${'\\u0041'.repeat(65_536)}"}`, null],
    ['a key of 8192 characters in escapes', `{"${'\\u0041'.repeat(8192)}":1}`, null],
    ['brackets and commas in a text', `{"a":"${'[{,'.repeat(20_000)}"}`, null],
    ['a text that ends in an escaped backslash', `{"a":"\\\\","b":[[]]}`, null],
  ])('%s', (_, text, message) => {
    expect(problem(text)).toBe(message)
  })

  it('are those for what was parsed, whatever it is', () => {
    const leaf = fc.oneof(fc.constant(null), fc.integer(), fc.string({ unit: 'binary' }))
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        leaf,
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 4 }),
      ),
    })).any
    const spaces = fc.constantFrom(undefined, 1, '\t')
    fc.assert(
      fc.property(value, fc.nat(70), fc.nat(10_010), spaces, (inner, depth, count, indent) => {
        let wrapped: unknown = inner
        for (let level = 0; level < depth; level++) wrapped = [wrapped]
        const document = { a: wrapped, b: Array(count).fill(0) }
        const parsed = failureOf(() => refuseHostileInput(document))
        const isOfSize = parsed === TOO_DEEP || parsed === TOO_MANY
        expect(problem(JSON.stringify(document, null, indent)) !== null).toBe(isOfSize)
      }),
    )
  })

  it('leave what is no JSON to the parser', () => {
    for (const text of ['', '"', '"\\', '}', ']]]]', '{"a', '{"a":tru', 'nul', '\u0000']) {
      expect(problem(text)).toBeNull()
    }
  })
})
