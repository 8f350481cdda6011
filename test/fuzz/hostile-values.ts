import fc from 'fast-check'
import { PEM } from '../support/pem.ts'

/** Numbers that JSON texts may hold and that no document can be made of: written in place of these texts. */
const RAW_NUMBERS: Readonly<Record<string, string>> = {
  '@huge@': '1e999',
  '@negative-huge@': '-1e400',
  '@tiny@': '1e-400',
  '@long@': '123456789012345678901234567890.5',
  '@negative-zero@': '-0',
  '@float@': '80.0',
  '@exponent@': '8E1',
}

/** A JSON text in which the texts that stand for raw numbers are those numbers. */
export function withRawNumbers(json: string): string {
  return json.replace(/"(@[a-z-]+@)"/g, (whole, key: string) => RAW_NUMBERS[key] ?? whole)
}

const PATTERNS = [
  '~/(a+)+$',
  '~/((a{1,99}){1,99}){1,99}',
  '~/(?=a)b',
  '~/[',
  '~/(',
  '~/\\',
  '~/a{1001}',
  `~/${'(a?)'.repeat(400)}`,
  `~/${'a|'.repeat(2000)}a`,
  '~*((x+)*)*$',
  '~/\\p{Nothing}',
  '~/(?<name>a)(?<name>b)',
  // Valid, and dear.
  '~/(\\pL{1000})',
  `~/${'a{999}'.repeat(140)}`,
  `~/${'(?i:\\PL)'.repeat(110)}`,
  `~/(?i)${'[\\x{80}-\\x{1E000}]'.repeat(40)}`,
  // As dear as they may be.
  '~/(\\pL{160})',
  '~/(?i)\\pL{140}',
  `~/(?i)${'\\pN'.repeat(9)}`,
  '~/(.?){400}',
  '~*[a-z]{990}',
]

/** Lists that are as dear as they may be, and dearer. */
const PATTERN_LISTS = [19, 100, 1000].map((length) =>
  Array.from({ length }, (_, index) => `~/${index}/(\\pL{40})`),
)

const NUMBERS = [-1, 0, 1e308, 5e-324, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 65536, 70000, 1.5]

const TEXTS = [
  '',
  ' ',
  '\u0000',
  '\r\nSet-Cookie: a=b',
  '\ud800',
  '‮',
  'null',
  'true',
  '1e999',
  'NaN',
  '../../etc/passwd',
  '//',
  '/%zz',
  '/%00',
  '/a/../b',
  "'; DROP TABLE entities; --",
  '[::ffff:169.254.169.254]',
  '169.254.169.254',
  '[::]:80',
  'a:99999',
  'xn--',
  '*.*',
  '🦍'.repeat(50),
  'a'.repeat(9000),
  `${'a.'.repeat(130)}com`,
  'http://user:secret@[::1',
  'https://a.test:0/',
  '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
  PEM.shop.cert.slice(0, 200),
  PEM.other.key,
  PEM.rootCa.repeat(40),
]

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  '',
  '0',
  'id',
  'created_at',
  'name ',
  'NAME',
  'name.x',
  'a'.repeat(9000),
  '\u0000',
  '\ud800',
  '@entity',
]

const nested = fc.nat(200).map((depth) => {
  let value: unknown = 'deep'
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
})

/** Any value that somebody may send where another one was meant. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.constantFrom(...PATTERNS),
  fc.constantFrom(...PATTERN_LISTS),
  fc.constantFrom(...NUMBERS),
  fc.constantFrom(...Object.keys(RAW_NUMBERS)),
  fc.constantFrom(null, true, false, [], {}, [null], [[]], [{}], { '': '' }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.double(),
  fc.uuid(),
  fc.uuid().map((id) => ({ id })),
  nested,
  fc.constantFrom(3, 50, 200).map((length) => Array.from({ length }, (_, index) => `v${index}`)),
)

/** A key that is no field, or that means something to the language. */
export const hostileKey = fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 12 }))
