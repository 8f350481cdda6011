import fc from 'fast-check'
import { PARENT_COUNTS, type ParentKind, placeholder } from './parents.ts'

export type Document = Readonly<Record<string, unknown>>

export const name = fc.stringMatching(/^[A-Za-z][\w.~-]{0,14}$/)

/** Text as headers and paths can carry it, beyond ASCII included. */
export const text = fc.oneof(
  { weight: 3, arbitrary: name },
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((value) => !hasControl(value)),
)

export const words = fc.array(name, { minLength: 1, maxLength: 3 })

/** Tags may be anything but `,` and `/`. A set: each once. */
export const tags = fc.option(
  fc.uniqueArray(
    text.filter((value) => !/[,/]/.test(value)),
    { maxLength: 3 },
  ),
)

export const hostName = fc.stringMatching(
  /^[a-z]([a-z0-9-]{0,6}[a-z0-9])?(\.[a-z]([a-z0-9-]{0,4}[a-z0-9])?){0,2}$/,
)

export const ipV4 = fc.ipV4().map((address) => address.replace(/^\d+/, '10'))

/** Neither `::…` nor `f…`, where the addresses are that no request may go to. */
export const ipV6 = fc.ipV6().filter((address) => /^[1-9]/.test(address) && !address.includes('.'))

export const host = fc.oneof(hostName, ipV4)

export const headerName = fc.stringMatching(/^[xX]-[A-Za-z0-9_-]{1,10}$/)

export const port = fc.integer({ min: 0, max: 65535 })

export const timeoutMs = fc.integer({ min: 1, max: 2147483646 })

const segment = fc.stringMatching(/^[A-Za-z0-9_~-][A-Za-z0-9_.~-]{0,6}$/)

/** A path in normal form. */
export const path = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.boolean())
  .map(([segments, isOpen]) =>
    segments.length === 0 ? '/' : `/${segments.join('/')}${isOpen ? '/' : ''}`,
  )

export const regexPath = fc.constantFrom(
  '~/users/\\d+$',
  '~/v(?<major>[0-9]+)/(?<rest>.*)',
  '~/(a|b)+/[^/]*',
  '~/\\p{L}{1,3}',
  '~/',
)

/** `{id}` of a parent, by placeholder. */
export const reference = (kind: ParentKind) =>
  fc.nat(PARENT_COUNTS[kind] - 1).map((index) => ({ id: placeholder(kind, index) }))

/** A document with some of the fields; those named are always there. */
export function some<T extends Record<string, fc.Arbitrary<unknown>>>(
  fields: T,
  always: readonly (keyof T & string)[] = [],
): fc.Arbitrary<Document> {
  return fc.record(fields, { requiredKeys: [...always] }) as fc.Arbitrary<Document>
}

function hasControl(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  return /[\u0000-\u001f\u007f]/.test(value) || !value.isWellFormed()
}
