import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import { GatewayError } from '../model/errors.ts'
import { isLoopbackAddress, isLoopbackHost } from '../model/loopback.ts'
import { AttemptLimit } from './attempt-limit.ts'
import { isAllowedPreflight } from './cors.ts'
import { exchangeOf } from './exchange.ts'
import { isAllowedOrigin } from './origins.ts'

/** What a call shows of where it comes from. Header values as received; null when absent. */
export interface CallerFacts {
  readonly peerAddress: string
  /** Port the call came in on. */
  readonly localPort: number
  readonly isTls: boolean
  readonly target: string
  readonly hosts: readonly string[]
  readonly origin: string | null
  readonly fetchSite: string | null
  /** Names of headers that only a proxy adds. */
  readonly proxyHeaders: readonly string[]
}

/** The one layer in front of the one router: refuses every call that may not use the Admin API. */
export function accessControl(
  adminToken: string | null,
  listedOrigins: ReadonlySet<string>,
): RequestHandler {
  const check =
    adminToken === null ? loopbackCheck(listedOrigins) : tokenCheck(adminToken, listedOrigins)
  return (request, response, next) => {
    check(request, response)
    next()
  }
}

/** Throws when the call may not use the Admin API. */
type AccessCheck = (request: Request, response: Response) => void

function loopbackCheck(listedOrigins: ReadonlySet<string>): AccessCheck {
  return (request) => {
    const reason = refusalOnLoopback(callerFacts(request), listedOrigins)
    if (reason !== null) throw new GatewayError('forbidden', reason)
  }
}

/** A call without a token is no attempt to guess it. */
function tokenCheck(adminToken: string, listedOrigins: ReadonlySet<string>): AccessCheck {
  const expected = digest(adminToken)
  const limit = new AttemptLimit()
  return (request, response) => {
    if (isAllowedPreflight(request, listedOrigins)) return
    const token = presentedToken(request)
    const address = request.socket.remoteAddress ?? ''
    const nowMs = exchangeOf(response).receivedAtMs
    if (token !== '') refuseWhileLimited(response, limit.waitMs(address, nowMs))
    if (timingSafeEqual(digest(token), expected)) return
    if (token !== '') limit.recordFailure(address, nowMs)
    response.setHeader('WWW-Authenticate', 'Bearer')
    throw new GatewayError(
      'unauthorized',
      'Unauthorized: send the admin token as `Authorization: Bearer <token>`',
      { details: [{ path: ['token'], message: token === '' ? 'missing apikey' : 'wrong apikey' }] },
    )
  }
}

/** Also for the right token: an answer that differs would let the guessing go on. */
function refuseWhileLimited(response: Response, waitMs: number): void {
  if (waitMs === 0) return
  const seconds = Math.ceil(waitMs / 1000)
  response.setHeader('Retry-After', String(seconds))
  throw new GatewayError(
    'too_many_attempts',
    `Too many calls with a wrong admin token from this address; try again in ${seconds} s`,
  )
}

/**
 * Why a call without a token is refused, with what to do about it; null when it is welcome.
 * A caller on this machine is trusted, unless somebody else may speak through it: a web page (DNS rebinding,
 * cross-site requests) or a proxy that makes the port reachable from elsewhere.
 */
export function refusalOnLoopback(
  caller: CallerFacts,
  listedOrigins: ReadonlySet<string> = new Set(),
): string | null {
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
  if (host === undefined || caller.hosts.length > 1 || !isOwnHost(host, caller)) {
    const given = host === undefined ? 'missing' : `'${caller.hosts.join(', ')}'`
    return `the Host is ${given}, but must be localhost:${caller.localPort} or 127.0.0.1:${caller.localPort}; use that address`
  }
  if (caller.origin !== null && !isAllowedOrigin(caller.origin, listedOrigins)) {
    return `the Origin '${caller.origin}' is not on this machine; open the page from localhost, or list it in admin_gui_url`
  }
  const isListed = caller.origin !== null && listedOrigins.has(caller.origin.toLowerCase())
  if (caller.fetchSite === 'cross-site' && !isListed) {
    return 'a web page of another site made this call (Sec-Fetch-Site: cross-site); open the page from localhost'
  }
  return null
}

function callerFacts(request: Request): CallerFacts {
  const { headers, socket } = request
  return {
    peerAddress: socket.remoteAddress ?? '',
    localPort: socket.localPort ?? 0,
    isTls: 'encrypted' in socket,
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

/** Without a port, the Host names port 80, over TLS 443 (RFC 9110 sections 4.2.1 and 4.2.2). */
function isOwnHost(host: string, { localPort, isTls }: CallerFacts): boolean {
  const colon = host.endsWith(']') ? -1 : host.lastIndexOf(':')
  const name = colon === -1 ? host : host.slice(0, colon)
  const port = colon === -1 ? (isTls ? '443' : '80') : host.slice(colon + 1)
  return isLoopbackHost(name) && port === String(localPort)
}

function presentedToken(request: Request): string {
  const [scheme, token] = (request.get('authorization') ?? '').split(' ', 2)
  if (scheme?.toLowerCase() === 'bearer' && token !== undefined) return token
  return request.get('kong-admin-token') ?? request.get('x-api-key') ?? ''
}

/** Digests have one length, so that comparing them tells nothing of the token. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
