import { isIPv4 } from 'node:net'

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * True for the Origin of a web page that may call the Admin API: one on this machine, or one that the operator listed.
 * An Origin is `scheme://host[:port]` (RFC 6454 section 6.2); `null` and the schemes of extensions and files are none.
 */
export function isAllowedOrigin(origin: string, listed: ReadonlySet<string>): boolean {
  return listed.has(origin.toLowerCase()) || isLoopbackOrigin(origin)
}

/** True for `localhost` and loopback addresses; IPv6 in brackets. */
export function isLoopbackName(name: string): boolean {
  return LOOPBACK_NAMES.has(name.toLowerCase()) || (isIPv4(name) && name.startsWith('127.'))
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return (protocol === 'http:' || protocol === 'https:') && isLoopbackName(hostname)
}
