import type { ForwardFailure, ForwardFailureReason } from '../forwarder.ts'
import type { TunnelEnd } from './tunnel.ts'

const NAME_RESOLUTION_CODES: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
])

/** What Node's and OpenSSL's codes say about a certificate of an upstream. */
const CERTIFICATE_REASONS: Readonly<Record<string, ForwardFailureReason>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-untrusted',
  CERT_UNTRUSTED: 'certificate-untrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-name',
  HOSTNAME_MISMATCH: 'certificate-name',
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-expired',
  CERT_CHAIN_TOO_LONG: 'certificate-refused',
  CERT_REJECTED: 'certificate-refused',
  CERT_REVOKED: 'certificate-refused',
  CERT_SIGNATURE_FAILURE: 'certificate-refused',
  INVALID_CA: 'certificate-refused',
  INVALID_PURPOSE: 'certificate-refused',
  PATH_LENGTH_EXCEEDED: 'certificate-refused',
}

/** What an error of an upstream connection means before any of the answer arrived. */
export function reasonOfError(error: unknown, isConnected: boolean): ForwardFailureReason {
  const code = codeOf(error)
  if (NAME_RESOLUTION_CODES.has(code)) return 'name-resolution'
  const certificateReason = CERTIFICATE_REASONS[code]
  if (certificateReason !== undefined) return certificateReason
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return 'tls-failed'
  if (code.startsWith('ERR_OSSL_')) return 'internal'
  if (code.startsWith('ERR_INVALID') || code.startsWith('ERR_UNESCAPED')) return 'internal'
  if (code === 'ETIMEDOUT') return isConnected ? 'read-timeout' : 'connect-timeout'
  if (!isConnected) return 'refused'
  return code.startsWith('HPE_') ? 'malformed' : 'reset'
}

/** Whose fault it is that an answer's head cannot be sent on: Node refuses what breaks the protocol, with a code. */
export function reasonOfHeadError(error: unknown): ForwardFailureReason {
  return codeOf(error).startsWith('ERR_') ? 'malformed' : 'internal'
}

/** What an error in the middle of a client's body means; null when the client has left, which its response tells. */
export function reasonOfBodyError(error: unknown): ForwardFailureReason | null {
  switch (codeOf(error)) {
    case 'ECONNRESET':
      return null
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 'client-chunk-extensions'
    case 'HPE_HEADER_OVERFLOW':
      return 'client-trailers'
    default:
      return 'client-malformed'
  }
}

/** What the end of an upgraded connection means where it is no ordinary one. */
export const REASONS_OF_TUNNEL_ENDS = {
  'client-lost': 'client-left',
  'upstream-lost': 'truncated',
  idle: 'stream-idle',
  expired: 'stream-expired',
} as const satisfies Record<Exclude<TunnelEnd, 'complete'>, ForwardFailureReason>

/** Whose fault a failure is: it decides the status, and whether it counts against target and variant. */
export function sideOf(reason: ForwardFailureReason): ForwardFailure['side'] {
  switch (reason) {
    case 'client-left':
    case 'client-silent':
    case 'stream-idle':
    case 'stream-expired':
    case 'client-slow':
    case 'client-malformed':
    case 'client-chunk-extensions':
    case 'client-trailers':
    case 'body-too-large':
      return 'client'
    case 'internal':
      return 'gateway'
    default:
      return 'upstream'
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return ''
}
