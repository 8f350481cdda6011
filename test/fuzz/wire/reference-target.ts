import { isIPv6 } from 'node:net'
import { refused } from './message-syntax.ts'

/** Where a request goes. */
export type Destination =
  | {
      readonly kind: 'destination'
      /** Path in its normal form and query as sent; `*` for the server as a whole. */
      readonly target: string
    }
  | { readonly kind: 'refused'; readonly why: string }

/** What is asked for: parts of a head. */
export interface Asked {
  readonly method: string
  readonly target: string
  readonly version: string
  /** Values of all Host fields. */
  readonly hosts: readonly string[]
}

/**
 * RFC 9112 section 3.2 with reliability.md section 3: origin-form, absolute-form of http whose authority is that of
 * Host, or `*` with OPTIONS; one Host on HTTP/1.1.
 */
export function readDestination({ method, target, version, hosts }: Asked): Destination {
  if (hosts.length > 1) return refused('two Hosts')
  if (hosts.length === 0 && version !== '1.0') return refused('no Host')
  const host = hosts.length === 0 ? null : readAuthority(hosts[0] ?? '')
  if (host === null && hosts.length > 0) return refused('no Host that names one host')
  if (!/^[\x21-\x7e]+$/.test(target)) return refused('no visible target')
  if (target.includes('#')) return refused('a fragment')
  if (target === '*') return method === 'OPTIONS' ? WHOLE_SERVER : refused('* without OPTIONS')
  if (target.startsWith('/')) return normalDestination(target)
  const [, authority = '', rest = ''] = /^http:\/\/([^/?]*)(.*)$/i.exec(target) ?? []
  const named = readAuthority(authority)
  if (named === null) return refused('neither an origin nor an absolute form of http')
  if (host !== null && host !== named) return refused('a Host beside that of the target')
  if (rest === '' && method === 'OPTIONS') return WHOLE_SERVER
  return normalDestination(rest.startsWith('/') ? rest : `/${rest}`)
}

const WHOLE_SERVER = { kind: 'destination', target: '*' } as const

/**
 * `host:port` in lower case with the port of http where none is given. Narrower than RFC 3986 section 3.2.2, as
 * the gateway is on purpose (src/proxy/head/host-syntax.ts): no percent escapes, no sub-delimiters, no empty labels,
 * no empty port; an empty Host names nothing.
 */
function readAuthority(text: string): string | null {
  const [, host = '', , port = '80'] = /^(\[[^\]]*\]|[\w.~-]+)(:(\d{1,5}))?$/.exec(text) ?? []
  if (Number(port) < 1 || Number(port) > 65_535) return null
  if (host.startsWith('[')) {
    if (!isIPv6(host.slice(1, -1)) || host.includes('%')) return null
  } else if (!/^[^.]+(\.[^.]+)*\.?$/.test(host)) return null
  return `${host.toLowerCase().replace(/\.$/, '')}:${Number(port)}`
}

function normalDestination(target: string): Destination {
  const [path = '', ...query] = target.split('?')
  if (/%(?![0-9A-Fa-f]{2})|%00/.test(path)) return refused('a broken escape or an encoded NUL')
  const parts = [normalPath(path), ...query]
  return { kind: 'destination', target: parts.join('?') }
}

/** RFC 3986 sections 5.2.4 and 6.2.2, and empty segments merged, as Kong has it (reliability.md section 4, point 2). */
function normalPath(path: string): string {
  const spelled = path
    .replaceAll(/[^\w.~!$&'()*+,;=:@/[\]%-]/g, (character) => escapeOf(character))
    .replaceAll(/%[0-9A-Fa-f]{2}/g, (octet) => {
      const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16))
      return /[\w.~-]/.test(character) ? character : octet.toUpperCase()
    })
  const kept: string[] = []
  const segments = spelled.split('/')
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const isFolder = kept.length > 0 && /^\.{0,2}$/.test(segments.at(-1) ?? '')
  return `/${kept.join('/')}${isFolder ? '/' : ''}`
}

function escapeOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
