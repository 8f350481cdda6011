import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** An IP address in its one spelling, and as a number to compare with networks. */
export interface IpAddress {
  readonly text: string
  readonly bits: ipaddr.IPv4 | ipaddr.IPv6
}

/**
 * Reads an IP address into the spelling that the gateway hashes, logs and compares: IPv4-mapped IPv6 as
 * IPv4, IPv6 as in RFC 5952, an address with a zone (`fe80::1%eth0`) as written. Null for anything else.
 */
export function parseIpAddress(text: string): IpAddress | null {
  // node:net is strict where ipaddr.js also reads `1`, `0x7f.1` and `010.0.0.1`.
  if (isIP(text) === 0) return null
  const zone = text.indexOf('%')
  const bits = ipaddr.process(zone === -1 ? text : text.slice(0, zone))
  return { text: zone === -1 ? bits.toString() : text, bits }
}

/**
 * One text for all addresses of a caller: whoever has one IPv6 address has the 2^64 beside it (RFC 4291 section 2.5.4).
 * What is no IP address stays as it is.
 */
export function callerOf(address: string): string {
  const parsed = parseIpAddress(address)
  if (parsed === null) return address
  return 'parts' in parsed.bits ? parsed.bits.parts.slice(0, 4).join(':') : parsed.text
}
