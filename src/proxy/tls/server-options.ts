import { constants } from 'node:crypto'
import type { ServerOptions } from 'node:https'
import type { SecureContext, TLSSocket } from 'node:tls'
import type { ClientOffer } from './pick-shown.ts'

/** What a TLS listener shows to clients. */
export interface TlsIdentities {
  /** PEM; for clients that name no server, or one that has no certificate. */
  readonly fallback: { readonly cert: string; readonly key: string }
  /** The certificate of a server name; null when there is none. Never throws. */
  contextFor(serverName: string, offer: () => ClientOffer): SecureContext | null
}

/**
 * TLS as the proxy speaks it to clients: 1.2 and 1.3 with authenticated encryption and forward secrecy only
 * (RFC 9325 section 4.2), HTTP/1.1 only (RFC 7301), a handshake as long as a head may take, and no renegotiation.
 */
export function tlsServerOptions(
  { fallback, contextFor }: TlsIdentities,
  handshakeTimeout: number,
): ServerOptions {
  return {
    ...fallback,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout,
    // Node calls it on the connection, which its documentation leaves out; it takes one certificate of a context only,
    // so that the one that suits the client is picked here.
    SNICallback(this: TLSSocket, serverName, done) {
      done(null, contextFor(serverName, () => offerOf(this)) ?? undefined)
    },
    // As on a plain listener: what a client has asked before it ended its side is answered.
    allowHalfOpen: true,
  } as ServerOptions
}

function offerOf(socket: TLSSocket): ClientOffer {
  return { protocol: socket.getProtocol(), signatures: socket.getSharedSigalgs() }
}

/** Node's own list without those that have neither forward secrecy nor authenticated encryption. */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')
