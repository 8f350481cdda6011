import ipaddr from 'ipaddr.js'
import { parseIpAddress } from '../../model/ip-address.ts'
import { allValues, type HeaderFields, type Scheme } from '../../model/request.ts'
import type { Settings } from '../../model/settings.ts'

/** An address in its one spelling: IPv4-mapped IPv6 as IPv4, IPv6 as in RFC 5952. */
export interface KnownAddress {
  readonly address: string
  readonly isTrusted: boolean
}

/** Whose forwarding fields are believed, and which field names the client. Made by `compileTrust`. */
export interface TrustPolicy {
  /** Lower-case. */
  readonly realIpHeader: string
  /** Null for what is no IP address. Answers of the last few thousand addresses are kept. */
  lookUp(text: string): KnownAddress | null
}

/** The trust policy of the settings. Throws on a network that the settings schema would refuse. */
export function compileTrust(
  settings: Pick<Settings, 'trusted_ips' | 'real_ip_header'>,
): TrustPolicy {
  const networks = settings.trusted_ips.map(parseNetwork)
  const known = new Map<string, KnownAddress | null>()
  return {
    realIpHeader: settings.real_ip_header.toLowerCase(),
    lookUp(text) {
      const found = known.get(text)
      if (found !== undefined) return found
      const fresh = examine(text, networks)
      if (known.size >= MAX_KNOWN) known.clear()
      known.set(text, fresh)
      return fresh
    },
  }
}

/** The socket's peer. An address the system gives in a form of its own stays as it is and is not trusted. */
export function peerOf(trust: TrustPolicy, peerAddress: string): KnownAddress {
  return trust.lookUp(peerAddress) ?? { address: peerAddress, isTrusted: false }
}

/**
 * The client's address as far as it is vouched for: the peer, unless that is trusted and sends the real-IP field.
 * X-Forwarded-For is walked from the right past trusted addresses (nginx: real_ip_recursive); the first other one is
 * the client; where something that is no address stands, the last hop that named one counts. Any other field must
 * hold one address and stand once.
 */
export function clientAddress(
  trust: TrustPolicy,
  peer: KnownAddress,
  fields: HeaderFields,
): string {
  if (!peer.isTrusted) return peer.address
  const values = allValues(fields, trust.realIpHeader)
  if (trust.realIpHeader === 'x-forwarded-for') return lastUntrusted(trust, peer, values)
  const [value] = values
  if (value === undefined || values.length > 1) return peer.address
  return trust.lookUp(withoutPort(value.trim()))?.address ?? peer.address
}

/** Scheme of the client: X-Forwarded-Proto when a trusted peer sends exactly one known value, else the listener's. */
export function clientScheme(peer: KnownAddress, fields: HeaderFields, isTls: boolean): Scheme {
  const own = isTls ? 'https' : 'http'
  if (!peer.isTrusted) return own
  const values = allValues(fields, 'x-forwarded-proto')
  const claimed = values[0]?.toLowerCase()
  return values.length === 1 && (claimed === 'http' || claimed === 'https') ? claimed : own
}

const MAX_KNOWN = 4096

interface Network {
  readonly base: ipaddr.IPv4 | ipaddr.IPv6
  readonly prefixLength: number
}

function lastUntrusted(trust: TrustPolicy, peer: KnownAddress, values: readonly string[]): string {
  let nearest = peer
  for (let i = values.length - 1; i >= 0; i--) {
    const entries = (values[i] ?? '').split(',')
    for (let j = entries.length - 1; j >= 0; j--) {
      const entry = (entries[j] ?? '').trim()
      if (entry === '') continue
      const hop = trust.lookUp(withoutPort(entry))
      if (hop === null) return nearest.address
      if (!hop.isTrusted) return hop.address
      nearest = hop
    }
  }
  return nearest.address
}

/** Some balancers write `1.2.3.4:5678` or `[2001:db8::1]:5678`. */
function withoutPort(entry: string): string {
  if (entry.startsWith('[')) {
    const close = entry.indexOf(']')
    return isPortOrNothing(entry, close + 1) && close !== -1 ? entry.slice(1, close) : entry
  }
  const colon = entry.indexOf(':')
  const isSingle = colon !== -1 && entry.indexOf(':', colon + 1) === -1
  return isSingle && isPortOrNothing(entry, colon) ? entry.slice(0, colon) : entry
}

function isPortOrNothing(text: string, start: number): boolean {
  return start === text.length || /^:\d{1,5}$/.test(text.slice(start))
}

function examine(text: string, networks: readonly Network[]): KnownAddress | null {
  const address = parseIpAddress(text)
  if (address === null) return null
  const isTrusted = networks.some((network) => contains(network, address.bits))
  return { address: address.text, isTrusted }
}

function contains({ base, prefixLength }: Network, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return base.kind() === address.kind() && address.match(base, prefixLength)
}

/** A block of IPv4-mapped addresses becomes the IPv4 block, as the addresses in it do. */
function parseNetwork(text: string): Network {
  const [address = '', bits] = text.split('/')
  const base = ipaddr.parse(address)
  const prefixLength = bits === undefined ? (base.kind() === 'ipv4' ? 32 : 128) : Number(bits)
  if (base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress() && prefixLength >= 96) {
    return { base: base.toIPv4Address(), prefixLength: prefixLength - 96 }
  }
  return { base, prefixLength }
}
