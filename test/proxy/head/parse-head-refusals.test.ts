import { describe, expect, test } from 'vitest'
import { SETTINGS_SCHEMA } from '../../../src/model/settings.ts'
import { compileTrust } from '../../../src/proxy/head/client-address.ts'
import { HEAD_REFUSALS, type RefusalReason } from '../../../src/proxy/head/head-refusal.ts'
import { type HeadVerdict, parseHead, type RawHead } from '../../../src/proxy/head/parse-head.ts'
import { limitsOf } from '../../../src/proxy/limits.ts'
import { HOST, manyFields, rawHead, withFields } from '../../support/raw-head.ts'

const LIMITS = limitsOf(SETTINGS_SCHEMA.parse({}))
const NOBODY = compileTrust({ trusted_ips: [], real_ip_header: 'X-Real-IP' })

const REFUSED: readonly (readonly [RefusalReason, string, Partial<RawHead>])[] = [
  ['version_missing', 'no version', { httpVersion: '0.9' }],
  ['version_unsupported', 'HTTP/2.0 in HTTP/1 form', { httpVersion: '2.0' }],
  ['version_unsupported', 'an unknown minor version', { httpVersion: '1.2' }],
  ['version_unsupported', 'an empty version', { httpVersion: '' }],
  ['method_syntax', 'no method', { method: '' }],
  ['method_syntax', 'a method with a space', { method: 'GET X' }],
  ['method_syntax', 'a method with a byte above 0x7f', { method: 'G\xc9T' }],
  ['method_refused', 'CONNECT', { method: 'CONNECT', target: 'a.example:443' }],
  ['method_refused', 'TRACE', { method: 'TRACE' }],
  ['target_too_long', 'a target above 8 KiB', { target: `/${'a'.repeat(8192)}` }],
  ['target_syntax', 'an empty target', { target: '' }],
  ['target_syntax', 'a target without slash', { target: 'index.html' }],
  ['target_syntax', 'an authority as target', { target: 'a.example:80' }],
  ['target_syntax', '* with GET', { target: '*' }],
  ['target_syntax', '* with more behind it', { method: 'OPTIONS', target: '*/' }],
  ['target_syntax', 'a fragment', { target: '/a#b' }],
  ['target_syntax', 'a fragment in the absolute form', { target: 'http://a.example/#b' }],
  ['target_syntax', 'a fragment in the query', { target: '/a?b#c' }],
  ['target_syntax', 'a space', { target: '/a b' }],
  ['target_syntax', 'a control byte', { target: '/a\x01' }],
  ['target_syntax', 'DEL', { target: '/a\x7f' }],
  ['target_syntax', 'a byte above 0x7f', { target: '/caf\xe9' }],
  ['target_syntax', 'a control byte in the query', { target: '/a?b\x00' }],
  ['target_syntax', 'userinfo', { target: 'http://u:p@a.example/' }],
  ['target_syntax', 'an empty authority', { target: 'http:///a' }],
  ['target_syntax', 'an authority with a bad port', { target: 'http://a.example:x/' }],
  ['target_syntax', 'one slash after the scheme', { target: 'http:/a.example/' }],
  ['target_scheme', 'a foreign scheme', { target: 'ftp://a.example/' }],
  ['target_scheme', 'https without TLS', { target: 'https://a.example/' }],
  ['target_scheme', 'http over TLS', { target: 'http://a.example/', isTls: true }],
  ['path_syntax', 'a broken escape', { target: '/a%2' }],
  ['path_syntax', 'an escape that is no number', { target: '/a%zz' }],
  ['path_syntax', 'an encoded NUL', { target: '/a%00b' }],
  ['path_syntax', 'a broken escape in the absolute form', { target: 'http://a.example/%' }],
  ['field_count', 'more than 100 fields', { rawHeaders: [...HOST, ...manyFields(100)] }],
  ['field_too_long', 'a line above 8 KiB', { rawHeaders: [...HOST, 'X-A', 'a'.repeat(8188)] }],
  ['field_too_long', 'a name above 8 KiB', { rawHeaders: [...HOST, 'a'.repeat(8192), ''] }],
  [
    'head_too_long',
    'more than 32 KiB',
    { rawHeaders: [...HOST, ...manyFields(5, 'a'.repeat(8000))] },
  ],
  ...['', ' ', 'X A', 'X-A ', ' X-A', 'X:A', 'X\tA', 'X\nA', 'X\0', 'X\xe9', '(x)', 'X\u2028'].map(
    (name) =>
      [
        'field_name',
        `the name ${JSON.stringify(name)}`,
        { rawHeaders: [...HOST, name, ''] },
      ] as const,
  ),
  ...['a\r\n b', 'a\rb', 'a\nb', 'a\0b', '\0', 'a\x0b', 'a\x1b[m', 'a\x7f', 'a\u0100'].map(
    (value) =>
      [
        'field_value',
        `the value ${JSON.stringify(value)}`,
        { rawHeaders: [...HOST, 'X-A', value] },
      ] as const,
  ),
  ['host_missing', 'no Host on HTTP/1.1', { rawHeaders: [] }],
  ['host_missing', 'no Host beside an absolute target', { target: 'http://a/', rawHeaders: [] }],
  ['host_repeated', 'two Hosts', { rawHeaders: [...HOST, 'Host', 'b.example'] }],
  ['host_repeated', 'two equal Hosts', { rawHeaders: [...HOST, ...HOST] }],
  ['host_repeated', 'two Hosts in other case', { rawHeaders: [...HOST, 'hOST', 'a.example'] }],
  ['host_repeated', 'two Hosts on 1.0', { rawHeaders: ['Host', '', ...HOST], httpVersion: '1.0' }],
  ...[
    '',
    ' ',
    'a/b',
    'a.example/',
    'u@a.example',
    'a,b',
    'a, b',
    'a b',
    'a.example:',
    'a:x',
    'a:-1',
    'a:0',
    'a:65536',
    'a:000080',
    'a:80:80',
    'a:80,b:80',
    ':80',
    '[::1',
    '[::1]x',
    '[::1]:',
    '[]',
    '[1.2.3.4]',
    '[v1.x]',
    '[fe80::1%25eth0]',
    '[fe80::1%eth0]',
    '::1',
    'a..b',
    '.a',
    '.',
    'a%2eb',
    'a?b',
    'a#b',
    'a\\b',
    "a'b",
    'a;b',
    '*.example',
    'b\xfccher.example',
    'http://a',
  ].map(
    (host) =>
      ['host_syntax', `the Host ${JSON.stringify(host)}`, { rawHeaders: ['Host', host] }] as const,
  ),
  ['host_syntax', 'a bad Host on 1.0', { rawHeaders: ['Host', 'a b'], httpVersion: '1.0' }],
  ['host_mismatch', 'another Host', { target: 'http://b.example/', rawHeaders: HOST }],
  ['host_mismatch', 'another port', { target: 'http://a.example:81/', rawHeaders: HOST }],
  [
    'host_mismatch',
    'another Host on 1.0',
    { target: 'http://b/', rawHeaders: HOST, httpVersion: '1.0' },
  ],
  ...[
    '',
    ' ',
    '+5',
    '-5',
    '0x5',
    '5 ',
    ' 5',
    '5 5',
    '5,5',
    '5, 5',
    '5, 6',
    '5;',
    '1e3',
    '5.0',
    '٥',
    'five',
    '9007199254740992',
    '18446744073709551617',
    '9'.repeat(400),
    '0'.repeat(400).concat('x'),
  ].map(
    (length) =>
      [
        length.includes('٥') ? 'field_value' : 'length_syntax',
        `the length ${JSON.stringify(length.slice(0, 24))}`,
        { rawHeaders: [...HOST, 'Content-Length', length] },
      ] as const,
  ),
  ['length_repeated', 'two lengths', withFields('Content-Length', '5', 'Content-Length', '6')],
  [
    'length_repeated',
    'two equal lengths',
    withFields('Content-Length', '5', 'content-length', '5'),
  ],
  ['length_and_coding', 'both', withFields('Content-Length', '5', 'Transfer-Encoding', 'chunked')],
  [
    'length_and_coding',
    'both, turned',
    withFields('Transfer-Encoding', 'chunked', 'Content-Length', '0'),
  ],
  ...[
    '',
    'gzip',
    'identity',
    'gzip, chunked',
    'chunked, gzip',
    'chunked, chunked',
    'chunked;q=1',
    'xchunked',
    ' chunked',
    '"chunked"',
    'chun ked',
  ].map(
    (coding) =>
      [
        'coding_unsupported',
        `the coding ${JSON.stringify(coding)}`,
        withFields('Transfer-Encoding', coding),
      ] as const,
  ),
  [
    'coding_unsupported',
    'chunked twice',
    withFields('Transfer-Encoding', 'chunked', 'transfer-encoding', 'chunked'),
  ],
  [
    'coding_on_1_0',
    'chunked on HTTP/1.0',
    { ...withFields('Transfer-Encoding', 'chunked'), httpVersion: '1.0' },
  ],
  ...['', '200-ok', '100-continue, x', 'x, 100-continue', '100-continue, 100-continue', '100'].map(
    (value) =>
      [
        'expectation',
        `the expectation ${JSON.stringify(value)}`,
        withFields('Expect', value),
      ] as const,
  ),
  [
    'expectation',
    'two expectations',
    withFields('Expect', '100-continue', 'Expect', '100-continue'),
  ],
]

describe('a refused head', () => {
  test.each(REFUSED)('%s: %s', (reason, _, head) => {
    expect(verdict(head)).toMatchObject({ kind: 'refused', reason, ...HEAD_REFUSALS[reason] })
  })

  test('the table above has a row for every reason', () => {
    expect(new Set(REFUSED.map(([reason]) => reason))).toEqual(new Set(Object.keys(HEAD_REFUSALS)))
  })

  test('a 405 names the methods that are allowed, other refusals none', () => {
    expect(verdict({ method: 'TRACE' })).toMatchObject({ allow: expect.stringContaining('GET') })
    expect(verdict({ target: 'x' })).toMatchObject({ allow: null })
  })
})

describe('the limits', () => {
  test('are what the refusals begin behind', () => {
    expect(verdict({ target: `/${'a'.repeat(8191)}` }).kind).toBe('request')
    expect(verdict({ rawHeaders: [...HOST, ...manyFields(99)] }).kind).toBe('request')
    expect(verdict({ rawHeaders: [...HOST, 'X-A', 'a'.repeat(8187)] }).kind).toBe('request')
    expect(verdict({ rawHeaders: [...HOST, ...manyFields(4, 'a'.repeat(8000))] }).kind).toBe(
      'request',
    )
  })
})

function verdict(parts: Partial<RawHead>): HeadVerdict {
  return parseHead(rawHead(parts), NOBODY, LIMITS)
}
