import { expect, it } from 'vitest'
import { divideAddresses } from '../../../src/balancing/dns/usable-addresses.ts'

it('gives the addresses of a name one spelling and one order, each once', () => {
  const found = ['10.0.0.2', '::ffff:10.0.0.1', '10.0.0.1', 'FD00:0::1', '127.0.0.1']
  expect(divideAddresses(found)).toEqual({
    usable: ['10.0.0.1', '10.0.0.2', '127.0.0.1', 'fd00::1'],
    refused: [],
  })
})

it.each([
  '169.254.169.254',
  '::ffff:169.254.169.254',
  'fe80::1',
  'fe80::1%eth0',
  '0.0.0.0',
  '::',
  '224.0.0.1',
  'ff02::1',
  '255.255.255.255',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
])('refuses %s', (address) => {
  expect(divideAddresses(['10.0.0.1', address])).toEqual({
    usable: ['10.0.0.1'],
    refused: [address],
  })
})

it('uses 256 addresses of a name at most, the same ones whatever their order', () => {
  const found = Array.from({ length: 300 }, (_, i) => `10.0.${i >> 8}.${i & 255}`)
  const { usable, refused } = divideAddresses(found)
  expect([usable.length, refused.length]).toEqual([256, 44])
  expect(divideAddresses(found.toReversed())).toEqual({ usable, refused })
})
