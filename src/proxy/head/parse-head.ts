import type { HeaderFields, ParsedRequest } from '../../model/request.ts'
import { normalServerName } from '../../model/sni.ts'
import type { HeadLimits } from '../limits.ts'
import { clientAddress, clientScheme, peerOf, type TrustPolicy } from './client-address.ts'
import { isToken } from './field-syntax.ts'
import { type HeadRefused, refuse } from './head-refusal.ts'
import { type Authority, parseAuthority } from './host-syntax.ts'
import { type RequestFields, readFields } from './request-fields.ts'
import { parseTarget, type RequestTarget } from './request-target.ts'

/** A request head as the HTTP parser hands it over. */
export interface RawHead {
  readonly method: string
  readonly target: string
  /** `1.1`, `1.0`; anything else is refused. `0.9` stands for a request line without version. */
  readonly httpVersion: string
  /** Names and values in turn, as sent: Node's `rawHeaders`. */
  readonly rawHeaders: readonly string[]
  readonly peerAddress: string
  readonly listenerPort: number
  readonly isTls: boolean
  /** As the client named it in the TLS handshake; null without TLS or without a name. */
  readonly serverName: string | null
}

export type HeadVerdict =
  | {
      readonly kind: 'request'
      readonly request: ParsedRequest
      /** The client waits for a 100 before it sends the body; never true on HTTP/1.0. */
      readonly expectsContinue: boolean
    }
  | HeadRefused

/**
 * Decides on the head alone whether a request may be served, and turns it into plain data.
 *
 * Whatever two readers could take for different messages is refused (RFC 9112 sections 3 and 6, section 11.2 on
 * smuggling). What is accepted has one host, at most one canonical Content-Length or one `chunked`, and a normal path.
 * Never throws. Pure but for two bounded caches, of field names and of addresses.
 */
export function parseHead(raw: RawHead, trust: TrustPolicy, limits: HeadLimits): HeadVerdict {
  const isHttp10 = raw.httpVersion === '1.0'
  if (!isHttp10 && raw.httpVersion !== '1.1') {
    return refuse(raw.httpVersion === '0.9' ? 'version_missing' : 'version_unsupported')
  }
  if (!FORWARDED_METHODS.has(raw.method)) {
    if (!isToken(raw.method)) return refuse('method_syntax')
    // A tunnel is not ours to open, and TRACE shows a client's secrets to scripts (RFC 9110 section 9.3.8).
    if (raw.method === 'CONNECT' || raw.method === 'TRACE') return refuse('method_refused')
  }
  const target = parseTarget(raw.method, raw.target, limits.targetBytes)
  if (target.kind === 'refused') return target
  const read = readFields(raw.rawHeaders, isHttp10, limits)
  if (read.kind === 'refused') return read
  return assemble({ raw, trust, target, read })
}

const FORWARDED_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
])

interface HeadParts {
  readonly raw: RawHead
  readonly trust: TrustPolicy
  readonly target: RequestTarget
  readonly read: RequestFields
}

/** Puts target, fields and what the peer vouches for together; what is left to refuse lies between them. */
function assemble({ raw, trust, target, read }: HeadParts): HeadVerdict {
  const peer = peerOf(trust, raw.peerAddress)
  const scheme = clientScheme(peer, read.fields, raw.isTls)
  // RFC 9110 section 7.4: what is asked of another scheme than the connection's is misdirected.
  if (target.scheme !== null && target.scheme !== scheme) return refuse('target_scheme')
  const defaultPort = scheme === 'https' ? 443 : 80
  // Only HTTP/1.0 clients need not name a host (RFC 9112 section 3.2).
  if (read.host === null && raw.httpVersion !== '1.0') return refuse('host_missing')
  const site = resolveSite(target.authority, read.host, defaultPort)
  if (site.kind === 'refused') return site
  const fields = target.authority === null ? read.fields : withHost(read.fields, target.authority)
  const request: ParsedRequest = {
    method: raw.method,
    path: target.path,
    rawPath: target.rawPath,
    query: target.query,
    httpVersion: raw.httpVersion === '1.0' ? '1.0' : '1.1',
    host: site.host,
    port: site.port,
    authority: site.authority,
    scheme,
    fields,
    body: read.body,
    peerAddress: peer.address,
    clientAddress: clientAddress(trust, peer, fields),
    isPeerTrusted: peer.isTrusted,
    listenerPort: raw.listenerPort,
  }
  return {
    kind: 'request',
    request:
      raw.serverName === null ? request : { ...request, sni: normalServerName(raw.serverName) },
    expectsContinue: read.expectsContinue,
  }
}

interface Site {
  readonly kind: 'site'
  readonly host: string
  readonly port: number
  readonly authority: string
}

/**
 * Which site is asked for. An absolute target decides (RFC 9112 section 3.2.2), and a Host field beside it must name
 * the same one: a receiver behind us may look at either.
 */
function resolveSite(
  targetAuthority: string | null,
  hostField: string | null,
  defaultPort: number,
): Site | HeadRefused {
  const fromField = hostField === null ? null : parseAuthority(hostField)
  if (hostField !== null && fromField === null) return refuse('host_syntax')
  if (targetAuthority === null) return siteOf(hostField ?? '', fromField, defaultPort)
  const fromTarget = parseAuthority(targetAuthority)
  if (fromTarget === null) return refuse('target_syntax')
  const site = siteOf(targetAuthority, fromTarget, defaultPort)
  if (fromField === null) return site
  const port = fromField.port ?? defaultPort
  return fromField.host === site.host && port === site.port ? site : refuse('host_mismatch')
}

function siteOf(authority: string, parsed: Authority | null, defaultPort: number): Site {
  const { host, port } = parsed ?? NO_AUTHORITY
  return { kind: 'site', host, port: port ?? defaultPort, authority }
}

const NO_AUTHORITY: Authority = { host: '', port: null }

/** The fields with the authority of an absolute target as Host, so that no later reader sees another spelling. */
function withHost(fields: HeaderFields, authority: string): HeaderFields {
  const index = fields.names.indexOf('host')
  if (index === -1) return fields
  return { names: fields.names, values: fields.values.with(index, authority) }
}
