import type { AgentOptions } from 'node:https'
import { checkServerIdentity, createSecureContext, type PeerCertificate } from 'node:tls'
import type { UpstreamTls } from '../forwarder.ts'

/**
 * The TLS part of an agent's options. Verified is the name that is asked for: the one of the Host field, else the
 * address of the target. Throws when OpenSSL cannot use a certificate.
 */
export function tlsAgentOptions(tls: UpstreamTls): AgentOptions {
  const { verifies, maxIntermediates, authorities, client } = tls
  return {
    rejectUnauthorized: verifies,
    secureContext: createSecureContext({
      ...(authorities !== null && { ca: [...authorities] }),
      ...(client !== null && { cert: [...client.certs], key: [...client.keys] }),
    }),
    ...(maxIntermediates !== null && {
      checkServerIdentity: (host, certificate) =>
        checkServerIdentity(host, certificate) ?? chainProblem(certificate, maxIntermediates),
    }),
  }
}

/** Node has no setting for the longest chain, but shows the one that was verified. */
function chainProblem(certificate: PeerCertificate, maxIntermediates: number): Error | undefined {
  const count = intermediatesOf(certificate)
  if (count <= maxIntermediates) return undefined
  const error = new Error(`${count} certificates above that of the upstream`)
  return Object.assign(error, { code: 'CERT_CHAIN_TOO_LONG' })
}

/** Certificates between the upstream's own and the root, which vouches for itself. */
function intermediatesOf(certificate: PeerCertificate): number {
  let count = 0
  let issuer = issuerOf(certificate)
  while (issuer !== null && issuerOf(issuer) !== null) {
    count += 1
    issuer = issuerOf(issuer)
  }
  return count
}

/** Null for a certificate that vouches for itself, or whose issuer is not at hand. */
function issuerOf(certificate: PeerCertificate): PeerCertificate | null {
  const { issuerCertificate } = certificate as Partial<DetailedCertificate>
  return issuerCertificate === undefined || issuerCertificate === certificate
    ? null
    : issuerCertificate
}

interface DetailedCertificate {
  readonly issuerCertificate: PeerCertificate
}
