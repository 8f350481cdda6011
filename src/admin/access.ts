import { createHash, timingSafeEqual } from 'node:crypto'
import { isIPv4 } from 'node:net'
import type { Request, RequestHandler } from 'express'
import { GatewayError } from '../model/errors.ts'

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

/** What a call shows of where it comes from. Header values as received; null when absent. */
export interface CallerFacts {
  readonly peerAddress: string
  /** Port the call came in on. */
  readonly localPort: number
  readonly target: string
  readonly hosts: readonly string[]
  readonly origin: string | null
  readonly fetchSite: string | null
  /** Names of headers that only a proxy adds. */
  readonly proxyHeaders: readonly string[]
}

/** The one layer in front of the one router: refuses every call that may not use the Admin API. */
export function accessControl(adminToken: string | null): RequestHandler {
  const expected = adminToken === null ? null : digest(adminToken)
  return (request, response, next) => {
    if (expected === null) {
      const reason = refusalOnLoopback(callerFacts(request))
      if (reason !== null) throw new GatewayError('forbidden', reason)
    } else if (!timingSafeEqual(digest(presentedToken(request)), expected)) {
      response.setHeader('WWW-Authenticate', 'Bearer')
      throw new GatewayError(
        'unauthorized',
        'Unauthorized: send the admin token as `Authorization: Bearer <token>`',
      )
    }
    next()
  }
}

/**
 * Why a call without a token is refused, with what to do about it; null when it is welcome.
 * A caller on this machine is trusted, unless somebody else may speak through it: a web page (DNS rebinding,
 * cross-site requests) or a proxy that makes the port reachable from elsewhere.
 */
export function refusalOnLoopback(caller: CallerFacts): string | null {
  if (!isLoopbackAddress(caller.peerAddress)) {
    return `the caller ${caller.peerAddress} is not on this machine; set admin_token to allow calls from elsewhere`
  }
  if (!caller.target.startsWith('/')) {
    return 'the request target must be a path; call the Admin API directly, not through a proxy'
  }
  if (caller.proxyHeaders.length > 0) {
    return `the header ${caller.proxyHeaders.join(', ')} shows that the call came through a proxy; call the Admin API directly, or set admin_token`
  }
  const [host] = caller.hosts
  if (host === undefined || caller.hosts.length > 1 || !isOwnHost(host, caller.localPort)) {
    const given = host === undefined ? 'missing' : `'${caller.hosts.join(', ')}'`
    return `the Host is ${given}, but must be localhost:${caller.localPort} or 127.0.0.1:${caller.localPort}; use that address`
  }
  if (caller.origin !== null && !isLoopbackOrigin(caller.origin)) {
    return `the Origin '${caller.origin}' is not on this machine; open the page from localhost`
  }
  if (caller.fetchSite === 'cross-site') {
    return 'a web page of another site made this call (Sec-Fetch-Site: cross-site); open the page from localhost'
  }
  return null
}

function callerFacts(request: Request): CallerFacts {
  const { headers, socket } = request
  return {
    peerAddress: socket.remoteAddress ?? '',
    localPort: socket.localPort ?? 0,
    target: request.originalUrl,
    hosts: request.headersDistinct.host ?? [],
    origin: headers.origin ?? null,
    fetchSite: request.get('sec-fetch-site') ?? null,
    proxyHeaders: Object.keys(headers).filter(isProxyHeader),
  }
}

function isProxyHeader(name: string): boolean {
  return name === 'via' || name === 'forwarded' || name.startsWith('x-forwarded-')
}

function isLoopbackAddress(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'))
}

/** Without a port, the Host names port 80 (RFC 9110 section 4.2.1). */
function isOwnHost(host: string, localPort: number): boolean {
  const colon = host.endsWith(']') ? -1 : host.lastIndexOf(':')
  const name = colon === -1 ? host : host.slice(0, colon)
  const port = colon === -1 ? '80' : host.slice(colon + 1)
  return isLoopbackName(name) && port === String(localPort)
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return (protocol === 'http:' || protocol === 'https:') && isLoopbackName(hostname)
}

function isLoopbackName(name: string): boolean {
  return LOOPBACK_NAMES.has(name.toLowerCase()) || (isIPv4(name) && name.startsWith('127.'))
}

function presentedToken(request: Request): string {
  const [scheme, token] = (request.get('authorization') ?? '').split(' ', 2)
  if (scheme?.toLowerCase() === 'bearer' && token !== undefined) return token
  return request.get('kong-admin-token') ?? ''
}

/** Digests have one length, so that comparing them tells nothing of the token. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
