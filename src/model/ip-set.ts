import { BlockList, isIP } from 'node:net'
import { isAddressOrRange } from './addresses.ts'
import { parseIpAddress } from './ip-address.ts'

/** IP addresses and CIDR blocks, compiled once to be asked for each request. */
export interface IpSet {
  /** False for text that is no IP address. An IPv4-mapped IPv6 address is also where the IPv4 address is. */
  has(text: string): boolean
}

/** The set of these addresses and blocks. Throws for an entry that is not `isAddressOrRange`. */
export function compileIpSet(entries: readonly string[]): IpSet {
  // One list for both would have every IPv4 address in `::/0`.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const entry of entries) {
    const { address, bits, family } = parseEntry(entry)
    lists[family].addSubnet(address, bits, family)
  }
  return {
    has(text) {
      const version = isIP(text)
      if (version === 4) return lists.ipv4.check(text, 'ipv4')
      // Zone ids (`%eth0`) name an interface of one machine; no entry has one.
      if (version === 0 || text.includes('%')) return false
      return lists.ipv4.check(text, 'ipv6') || lists.ipv6.check(text, 'ipv6')
    },
  }
}

interface Entry {
  readonly address: string
  readonly bits: number
  readonly family: 'ipv4' | 'ipv6'
}

/** A block of IPv4-mapped addresses is the IPv4 block. */
function parseEntry(entry: string): Entry {
  const [written = '', prefix] = entry.split('/')
  const parsed = parseIpAddress(written)
  if (parsed === null || !isAddressOrRange(entry))
    throw new Error(`${entry} is neither an IP address nor a CIDR block`)
  const width = written.includes(':') ? 128 : 32
  const bits = prefix === undefined ? width : Number(prefix)
  if (parsed.bits.kind() === 'ipv6') return { address: written, bits, family: 'ipv6' }
  if (width === 32) return { address: written, bits, family: 'ipv4' }
  return bits < 96
    ? { address: written, bits, family: 'ipv6' }
    : { address: parsed.text, bits: bits - 96, family: 'ipv4' }
}
