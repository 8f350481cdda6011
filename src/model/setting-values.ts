import ipaddr from 'ipaddr.js'
import { parseAuthority } from './addresses.ts'

/** What became of the text of a setting; `allowed` completes "…; must be …". */
export type Parsed<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'wrong'; readonly allowed: string }

/** Host without brackets; port 0 asks for any free one. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

export interface Duration {
  readonly milliseconds: number
}

/** `host:port`; an IPv6 address in brackets (RFC 3986 section 3.2.2). The host comes back lower-case. */
export function parseListenAddress(text: string): Parsed<ListenAddress> {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)):(\d{1,5})$/i.exec(text)
  const [, v6, name, digits] = match ?? []
  const host = (v6 ?? name ?? '').toLowerCase()
  const port = Number(digits)
  const isHost = v6 === undefined ? isNameOrIpv4(host) : ipaddr.IPv6.isValid(host)
  return match !== null && isHost && port <= 65_535
    ? { kind: 'ok', value: { host, port } }
    : wrong('must be host:port with a port of 0 to 65535, for example 127.0.0.1:8000 or [::1]:8000')
}

/** `host:port` as `parseListenAddress` reads it. */
export function listenAddressText({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** `30s`, `1500ms`, `2m`, `1h`; at most a day, far below the 2^31 ms at which timers fire at once. */
export function parseDuration(text: string): Parsed<Duration> {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? []
  const milliseconds = Number(digits) * (UNIT_MS[unit ?? ''] ?? Number.NaN)
  return milliseconds <= DAY_MS
    ? { kind: 'ok', value: { milliseconds } }
    : wrong('must be a whole number with ms, s, m or h behind it, at most 24h, for example 30s')
}

/** `on`/`off`, and `true`/`false` because YAML files say it that way. */
export function parseSwitch(text: string): Parsed<boolean> {
  if (text === 'on' || text === 'true') return { kind: 'ok', value: true }
  if (text === 'off' || text === 'false') return { kind: 'ok', value: false }
  return wrong('must be on or off')
}

/** `sqlite:<file>` as given. */
export function parseDatabase(text: string): Parsed<string> {
  if (/^postgres(ql)?:/.test(text)) {
    return wrong('must be sqlite:<file>: PostgreSQL is not available in this version')
  }
  return /^sqlite:[^\0]+$/.test(text)
    ? { kind: 'ok', value: text }
    : wrong('must be sqlite:<file>, for example sqlite:./data/canary.db')
}

/** A path as given. */
export function parseFilePath(text: string): Parsed<string> {
  return /^\S(?:[^\0]*\S)?$/.test(text)
    ? { kind: 'ok', value: text }
    : wrong('must be the path of a file, for example ./kong.yaml')
}

/** IP addresses and CIDR blocks separated by commas or spaces; the empty text is the empty list. */
export function parseNetworks(text: string): Parsed<readonly string[]> {
  const networks = wordsOf(text)
  const bad = networks.find((network) => !isNetwork(network))
  return bad === undefined
    ? { kind: 'ok', value: networks }
    : wrong(
        `must be IP addresses and CIDR blocks separated by commas, for example 10.0.0.0/8,::1; ${JSON.stringify(bad)} is neither`,
      )
}

/** Kinds of DNS records that hold addresses. */
const ADDRESS_RECORD_TYPES = ['A', 'AAAA'] as const
export type AddressRecordType = (typeof ADDRESS_RECORD_TYPES)[number]

/** `A`, `AAAA` or both in any order, separated by a comma. */
export function parseDnsOrder(text: string): Parsed<readonly AddressRecordType[]> {
  const words = wordsOf(text)
  const types = ADDRESS_RECORD_TYPES.filter((type) => words.includes(type))
  types.sort((one, other) => words.indexOf(one) - words.indexOf(other))
  return types.length > 0 && types.length === words.length
    ? { kind: 'ok', value: types }
    : wrong('must be A, AAAA or both in the order to ask, for example A,AAAA')
}

/** Name servers as `ip`, `ip:port` or `[v6]:port`, separated by commas or spaces; the empty text is the empty list. */
export function parseNameServers(text: string): Parsed<readonly string[]> {
  const servers = wordsOf(text)
  const bad = servers.find((server) => !isNameServer(server))
  return bad === undefined
    ? { kind: 'ok', value: servers }
    : wrong(
        `must be IP addresses of name servers, with or without a port, separated by commas, for example 10.0.0.2,[::1]:5353; ${JSON.stringify(bad)} is none`,
      )
}

function isNameServer(text: string): boolean {
  const authority = parseAuthority(text)
  if (authority === null || authority.type === 'name') return false
  return authority.port === null || authority.port > 0
}

/** URLs of web pages separated by commas or spaces, as their origins: what is behind host and port is left out. */
export function parseOrigins(text: string): Parsed<readonly string[]> {
  const urls = wordsOf(text)
  const bad = urls.find((url) => !/^https?:\/\//i.test(url) || !URL.canParse(url))
  return bad === undefined
    ? { kind: 'ok', value: urls.map((url) => new URL(url).origin) }
    : wrong(
        `must be http or https URLs separated by commas, for example https://manager.example:8445; ${JSON.stringify(bad)} is none`,
      )
}

/**
 * The URL at which people reach something, without a slash at its end. No user and password, since links are public in
 * the chats that they are sent to.
 */
export function parsePublicUrl(text: string): Parsed<string> {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null
  const isPlain = url !== null && url.username === '' && url.password === ''
  return isPlain && !/[?#\s]/.test(text)
    ? { kind: 'ok', value: url.href.replace(/\/+$/, '') }
    : wrong(
        'must be an http or https URL without user, query and fragment, for example https://canary.example.com',
      )
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const DAY_MS = 24 * 3_600_000

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

function wrong(allowed: string): { readonly kind: 'wrong'; readonly allowed: string } {
  return { kind: 'wrong', allowed }
}

/** Four numbers are an address and must be a valid one; anything else with a letter is a name. */
function isNameOrIpv4(host: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(host) || /[a-z]/.test(host)
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(address)
  if (rest.length > 0 || !(isV4 || (ipaddr.IPv6.isValid(address) && !address.includes('%')))) {
    return false
  }
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isV4 ? 32 : 128))
}
