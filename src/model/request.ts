/** Header fields in the order received: names lower-case, values as sent. The two lists have one length. */
export interface HeaderFields {
  readonly names: readonly string[]
  readonly values: readonly string[]
}

/** How the length of a message body is known (RFC 9112 section 6.3). */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }

export type Scheme = 'http' | 'https'

/**
 * A validated request head as plain data: what routing, identity, variants and balancing decide on.
 * Built by proxy/head/parse-head.ts; holds nothing of a socket or of a library.
 */
export interface ParsedRequest {
  readonly method: string
  /** Normal form of the path (reference kong.md section 3): one string for matching and for forwarding. */
  readonly path: string
  /** Path as the client sent it, without query. */
  readonly rawPath: string
  /** Query as sent, with its leading `?`; `''` when there is none; `'?'` for a bare one. */
  readonly query: string
  readonly httpVersion: '1.0' | '1.1'
  /** Host without port, lower-case, IPv6 in brackets; `''` when an HTTP/1.0 client sent none. */
  readonly host: string
  /** Port of the Host field, else the default port of the scheme. */
  readonly port: number
  /** The Host field or the authority of an absolute target, as sent. */
  readonly authority: string
  /** Scheme the client used: X-Forwarded-Proto when the peer is trusted, else that of the listener. */
  readonly scheme: Scheme
  /** Server name of the TLS handshake, lower-case, no dot at its end; absent without TLS or without one. */
  readonly sni?: string
  readonly fields: HeaderFields
  readonly body: BodyFraming
  /** The socket's peer. */
  readonly peerAddress: string
  /** The client as far as `trusted_ips` and `real_ip_header` vouch for it, else the peer. */
  readonly clientAddress: string
  readonly isPeerTrusted: boolean
  /** Port the request came in on. */
  readonly listenerPort: number
}

/** First value of a field, or undefined. `name` is lower-case. */
export function firstValue(fields: HeaderFields, name: string): string | undefined {
  const index = fields.names.indexOf(name)
  return index === -1 ? undefined : fields.values[index]
}

/** Every value of a field in the order received. `name` is lower-case. */
export function allValues(fields: HeaderFields, name: string): string[] {
  const found: string[] = []
  for (let i = fields.names.indexOf(name); i !== -1; i = fields.names.indexOf(name, i + 1)) {
    found.push(fields.values[i] as string)
  }
  return found
}
