import { parseIpAddress } from './ip-address.ts'

/**
 * True for an address that only this machine reaches: 127.0.0.0/8, also written as IPv4-mapped IPv6, and ::1
 * (RFC 5735 section 3, RFC 4291 section 2.5.3). False for names.
 */
export function isLoopbackAddress(address: string): boolean {
  return parseIpAddress(address)?.bits.range() === 'loopback'
}

/** The same for a host as settings, Host and Origin have it: `localhost` too (RFC 6761 section 6.3), IPv6 with or without brackets. */
export function isLoopbackHost(host: string): boolean {
  const isBracketed = host.startsWith('[') && host.endsWith(']')
  return (
    host.toLowerCase() === 'localhost' || isLoopbackAddress(isBracketed ? host.slice(1, -1) : host)
  )
}
