import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import { type EntityCheck, withEntityChecks } from './entity-checks.ts'
import type { ErrorDetail } from './errors.ts'
import { id, optional, required, tags, text, timestampSeconds } from './fields.ts'
import { ENTITY } from './kong-messages.ts'
import { certificatePem, readCertificates } from './pem.ts'

const CA_CERTIFICATE_SCHEMA = withEntityChecks(
  z.strictObject({
    id: id(),
    created_at: timestampSeconds('created'),
    updated_at: timestampSeconds('last changed'),
    cert: required(certificatePem(), 'Certificate of a certificate authority in PEM, exactly one.'),
    cert_digest: optional(
      text(),
      'SHA-256 of the certificate in DER, 64 hex digits; computed by default, and in place of what is given.',
    ),
    tags: tags(),
  }),
  [isOneAuthority()],
)

/** What services trust to vouch for their upstreams. Source: Kong Gateway 3.9, CA Certificate object. */
export type CaCertificate = DeepReadonly<z.infer<typeof CA_CERTIFICATE_SCHEMA>>

export const CA_CERTIFICATE_DEFINITION: EntityDefinition<'ca_certificates'> = {
  kind: 'ca_certificates',
  schema: CA_CERTIFICATE_SCHEMA,
  endpointKey: null,
  unique: [['cert_digest']],
  foreignKeys: {},
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
  expandShorthands: withDigest,
  problemsAt: expiryProblems,
}

/** Left as it is when the certificate cannot be read, which the schema then says. */
function withDigest(input: Record<string, unknown>): Record<string, unknown> {
  if (typeof input.cert !== 'string') return input
  const digest = digestOf(input.cert)
  return digest === null ? input : { ...input, cert_digest: digest }
}

function digestOf(pem: string): string | null {
  try {
    const [certificate] = readCertificates(pem)
    return createHash('sha256').update(certificate.raw).digest('hex')
  } catch {
    return null
  }
}

function isOneAuthority(): EntityCheck {
  return {
    fields: ['cert'],
    violations: (read) => {
      const [certificate, ...others] = readCertificates(String(read('cert')))
      if (others.length > 0) return [entity('please submit only one certificate at a time')]
      if (certificate.ca) return []
      return [
        entity(
          'certificate does not appear to be a CA because it is missing the "CA" basic constraint',
        ),
      ]
    },
  }
}

function entity(message: string) {
  return { field: ENTITY, message }
}

function expiryProblems({ cert }: CaCertificate, nowMs: number): readonly ErrorDetail[] {
  const [certificate] = readCertificates(cert)
  if (certificate.validToDate.getTime() >= nowMs) return []
  return [{ path: [ENTITY], message: 'certificate expired, "Not After" time is in the past' }]
}
