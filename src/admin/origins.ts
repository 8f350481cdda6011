import { isLoopbackHost } from '../model/loopback.ts'

/**
 * True for the Origin of a web page that may call the Admin API: one on this machine, or one that the operator listed.
 * An Origin is `scheme://host[:port]` (RFC 6454 section 6.2); `null` and the schemes of extensions and files are none.
 */
export function isAllowedOrigin(origin: string, listed: ReadonlySet<string>): boolean {
  return listed.has(origin.toLowerCase()) || isLoopbackOrigin(origin)
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return (protocol === 'http:' || protocol === 'https:') && isLoopbackHost(hostname)
}
