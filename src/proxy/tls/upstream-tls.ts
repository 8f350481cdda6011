import { createHash } from 'node:crypto'
import type { CaCertificate } from '../../model/ca-certificate.ts'
import type { Certificate } from '../../model/certificate.ts'
import type { Service } from '../../model/service.ts'
import type { UpstreamTls } from '../forwarder.ts'

/** What a service's TLS is made of, beside itself. */
export interface UpstreamTlsSources {
  certificateById(id: string): Certificate | undefined
  caCertificateById(id: string): CaCertificate | undefined
}

/**
 * How connections to the targets of a service are secured; null for a service without TLS. The service's own client
 * certificate goes before the one of the upstream entity (`upstreamCertificateId`), as in Kong.
 */
export function compileUpstreamTls(
  service: Service,
  upstreamCertificateId: string | null,
  sources: UpstreamTlsSources,
): UpstreamTls | null {
  if (service.protocol !== 'https') return null
  const verifies = service.tls_verify ?? true
  const certificateId = service.client_certificate?.id ?? upstreamCertificateId
  const certificate = certificateId === null ? undefined : sources.certificateById(certificateId)
  const contents = {
    verifies,
    maxIntermediates: verifies ? service.tls_verify_depth : null,
    authorities: verifies ? authoritiesOf(service, sources) : null,
    client: certificate === undefined ? null : chainsOf(certificate),
  }
  const isPlain =
    contents.maxIntermediates === null && contents.authorities === null && contents.client === null
  return { ...contents, key: isPlain ? `verifies ${verifies}` : digestOf(contents) }
}

function authoritiesOf(service: Service, sources: UpstreamTlsSources): readonly string[] | null {
  const ids = service.ca_certificates ?? []
  if (ids.length === 0) return null
  return ids.flatMap((id) => sources.caCertificateById(id)?.cert ?? [])
}

function chainsOf({ cert, key, cert_alt, key_alt }: Certificate): UpstreamTls['client'] {
  return cert_alt === null || key_alt === null
    ? { certs: [cert], keys: [key] }
    : { certs: [cert, cert_alt], keys: [key, key_alt] }
}

function digestOf(contents: Omit<UpstreamTls, 'key'>): string {
  return createHash('sha256').update(JSON.stringify(contents)).digest('base64')
}
