import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** A host and the port that may follow it, as written in targets and hosts. */
export interface Authority {
  readonly type: 'name' | 'ipv4' | 'ipv6'
  /** Without brackets, as written. */
  readonly host: string
  /** Null when none is given; NaN when what stands there is no port. */
  readonly port: number | null
}

/** Takes `host`, `host:port`, IPv4, IPv6 and `[IPv6]:port` apart; null when it is none of them. */
export function parseAuthority(value: string): Authority | null {
  if (isPlainIPv6(value)) return { type: 'ipv6', host: value, port: null }
  const [, bracketed, plain, portText] = AUTHORITY.exec(value) ?? []
  const port = portText === undefined ? null : parsePort(portText)
  if (bracketed !== undefined) {
    return isPlainIPv6(bracketed) ? { type: 'ipv6', host: bracketed, port } : null
  }
  if (plain === undefined) return null
  if (isIPv4(plain)) return { type: 'ipv4', host: plain, port }
  return isHostname(plain) ? { type: 'name', host: plain, port } : null
}

/** A host (IPv6 with or without brackets) as it is looked up, in lower case; null for an IP address. */
export function nameToResolve(host: string): string | null {
  return parseAuthority(host)?.type === 'name' ? host.toLowerCase() : null
}

/** `host:port`; IPv6 spelled out in full and bracketed, so that every address has one spelling. */
export function formatAuthority({ type, host }: Authority, port: number): string {
  if (type !== 'ipv6') return `${host}:${port}`
  const groups = ipaddr.IPv6.parse(host).parts.map((part) => part.toString(16).padStart(4, '0'))
  return `[${groups.join(':')}]:${port}`
}

/** True for an IPv4 or IPv6 address or a CIDR range of them. */
export function isAddressOrRange(value: string): boolean {
  const slash = value.indexOf('/')
  if (slash === -1) return isIPv4(value) || isPlainIPv6(value)
  const address = value.slice(0, slash)
  const bits = value.slice(slash + 1)
  if (!/^\d{1,3}$/.test(bits)) return false
  return (isIPv4(address) && Number(bits) <= 32) || (isPlainIPv6(address) && Number(bits) <= 128)
}

/** Where cloud providers answer with the machine's own credentials, beyond the link-local range. */
const METADATA_ADDRESSES = ['100.100.100.200', '192.0.0.192', 'fd00:ec2::254'].map((address) =>
  ipaddr.process(address).toString(),
)
const NO_DESTINATION = new Set(['unspecified', 'linkLocal', 'multicast', 'broadcast'])

/**
 * True for an IP address that no service can be at, or from which a request brings out secrets of the
 * machine: link-local, multicast, broadcast, unspecified, cloud metadata. False for names.
 */
export function isForbiddenDestination({ type, host }: Authority): boolean {
  if (type === 'name') return false
  const address = ipaddr.process(host)
  return NO_DESTINATION.has(address.range()) || METADATA_ADDRESSES.includes(address.toString())
}

const AUTHORITY = /^(?:\[([^\]]*)\]|([^:[\]]+))(?::([^:]*))?$/

/** Zone ids (`%eth0`) name an interface of one machine and have no place in a configuration. */
function isPlainIPv6(value: string): boolean {
  return isIPv6(value) && !value.includes('%')
}

function parsePort(value: string): number {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65535 ? Number(value) : Number.NaN
}

/** Letters, digits, `-` and `_` in labels of 1 to 63, a final dot allowed (RFC 1123 section 2.1 plus `_`). */
function isHostname(value: string): boolean {
  const labels = (value.endsWith('.') ? value.slice(0, -1) : value).split('.')
  if (value.length > 254) return false
  if (!labels.every((label) => LABEL.test(label))) return false
  // `1.2.3`, `127.1` and `0x7f000001` are names to nobody, but IPv4 addresses to the C library's resolver.
  return !labels.every((label) => ADDRESS_PART.test(label))
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i
const ADDRESS_PART = /^(?:\d+|0x[0-9a-f]*)$/i
