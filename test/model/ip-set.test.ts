import { describe, expect, it } from 'vitest'
import { isAddressOrRange } from '../../src/model/addresses.ts'
import { compileIpSet } from '../../src/model/ip-set.ts'

describe('a set of addresses and blocks', () => {
  it.each<[entries: readonly string[], address: string, has: boolean]>([
    [['10.0.0.1'], '10.0.0.1', true],
    [['10.0.0.1'], '10.0.0.2', false],
    [['10.0.0.7/8'], '10.200.3.4', true],
    [['10.0.0.0/8'], '11.0.0.0', false],
    [['0.0.0.0/0'], '203.0.113.9', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['10.0.0.1/32'], '10.0.0.1', true],
    [['10.0.0.1/32'], '10.0.0.2', false],
    [['10.0.0.1', '2001:db8::/32'], '2001:db8:1::5', true],
    [['2001:db8::1'], '2001:0DB8:0:0::1', true],
    [['::1/128'], '::1', true],
    [['::/0'], 'fe80::1', true],
    [['::/0'], '10.0.0.1', false],
    [['::/0'], '::ffff:10.0.0.1', true],
    [['::ffff:0:0/95'], '10.0.0.1', false],
    [['::ffff:0:0/95'], '::ffff:10.0.0.1', true],
    [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    [['::ffff:10.0.0.0/104'], '10.1.2.3', true],
    [['::ffff:10.0.0.1'], '10.0.0.1', true],
    [['10.0.0.0/8'], 'ten', false],
    [['10.0.0.0/8'], '', false],
    [['10.0.0.0/8'], '10.0.0.01', false],
    [['10.0.0.0/8'], '10.0.0.1 ', false],
    [['fe80::/10'], 'fe80::1%eth0', false],
    [[], '10.0.0.1', false],
  ])('%j and %s: %s', (entries, address, has) => {
    expect(compileIpSet(entries).has(address)).toBe(has)
  })

  it.each(['', 'ten', '10.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/'])('refuses %j', (entry) => {
    expect(isAddressOrRange(entry)).toBe(false)
    expect(() => compileIpSet(['10.0.0.1', entry])).toThrow()
  })
})
