import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseIpAddress } from '../../src/model/ip-address.ts'

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::FFFF:0a00:0001', '10.0.0.1'],
  ['2001:DB8::1', '2001:db8::1'],
  ['2001:0db8:0:0:0:0:0:0001', '2001:db8::1'],
  // RFC 5952 section 4.2: the longest run of zeros, the first of equals, never a single one.
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['::', '::'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
])('%s is read as %s', (text, normal) => {
  expect(parseIpAddress(text)?.text).toBe(normal)
})

test.each([
  '',
  ' 10.0.0.1',
  '10.0.0.1:80',
  '[::1]',
  '1',
  '0x7f.1',
  '010.0.0.1',
  '10.0.0.256',
  'a.b',
])('"%s" is no address', (text) => {
  expect(parseIpAddress(text)).toBeNull()
})

test('an address read is read as itself', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const normal = parseIpAddress(text)?.text ?? ''
      expect(parseIpAddress(normal)?.text).toBe(normal)
    }),
  )
})
