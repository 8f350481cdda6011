import { createSecureContext, type SecureContext } from 'node:tls'
import type { Certificate } from '../../model/certificate.ts'
import { type Change, isOf } from '../../model/entity.ts'
import { ENTITY } from '../../model/kong-messages.ts'
import { readCertificates } from '../../model/pem.ts'
import { schemaViolation } from '../../model/schema-violation.ts'

/** One of the two certificates of an entity, ready to be shown. */
export interface ShownCertificate {
  /** Type of its key as OpenSSL names it: `rsa`, `ec`, `ed25519`. */
  readonly keyType: string
  readonly context: SecureContext
}

/** What OpenSSL made of a certificate and its alternative. */
export type CertificateUse =
  | {
      readonly kind: 'usable'
      readonly shown: readonly [ShownCertificate, ...ShownCertificate[]]
    }
  | { readonly kind: 'unusable'; readonly error: unknown }

/** The certificates of an entity with their keys: made once for each entity, and forgotten with it. */
export function certificateUse(certificate: Certificate): CertificateUse {
  const known = USES.get(certificate)
  if (known !== undefined) return known
  const use = tryCertificate(certificate)
  USES.set(certificate, use)
  return use
}

/** Refuses changes that bring a certificate which no connection could use, such as one with a key that is too short. */
export function refuseUnusableCertificates(changes: readonly Change[]): void {
  for (const change of changes) {
    if (!isOf(change, 'certificates') || change.after === null) continue
    const use = certificateUse(change.after.entity)
    if (use.kind === 'unusable') {
      const message = `certificate cannot be used in TLS: ${reasonOf(use.error)}`
      throw schemaViolation([{ path: [ENTITY], message }])
    }
  }
}

const USES = new WeakMap<Certificate, CertificateUse>()

function tryCertificate({ cert, key, cert_alt, key_alt }: Certificate): CertificateUse {
  try {
    const first = show(cert, key)
    const hasOther = cert_alt !== null && key_alt !== null
    return { kind: 'usable', shown: hasOther ? [first, show(cert_alt, key_alt)] : [first] }
  } catch (error) {
    return { kind: 'unusable', error }
  }
}

function show(cert: string, key: string): ShownCertificate {
  const [leaf] = readCertificates(cert)
  return {
    keyType: leaf.publicKey.asymmetricKeyType ?? '',
    context: createSecureContext({ cert, key }),
  }
}

/** `error:0A00018F:SSL routines::ee key too small` without all but the reason. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message.split('::').at(-1) : undefined) ?? String(error)
}
