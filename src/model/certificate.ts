import { z } from 'zod'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import { type EntityCheck, type FieldReader, withEntityChecks } from './entity-checks.ts'
import { allOrNone } from './entity-rules.ts'
import { id, optional, required, tags, timestampSeconds } from './fields.ts'
import { ENTITY } from './kong-messages.ts'
import { certificatePem, privateKeyPem, readCertificates, readPrivateKey } from './pem.ts'

const CERTIFICATE_SCHEMA = withEntityChecks(
  z.strictObject({
    id: id(),
    created_at: timestampSeconds('created'),
    updated_at: timestampSeconds('last changed'),
    cert: required(certificatePem(), 'Certificate in PEM, followed by its chain if there is one.'),
    key: required(privateKeyPem(), 'Private key of the certificate in PEM, without a passphrase.'),
    cert_alt: optional(
      certificatePem(),
      'Second certificate with a key of another type, such as EC beside RSA; null (none) by default.',
    ),
    key_alt: optional(
      privateKeyPem(),
      'Private key of the second certificate in PEM; null (none) by default.',
    ),
    tags: tags(),
  }),
  [
    allOrNone(['cert_alt', 'key_alt']),
    keyMatches('cert', 'key', 'certificate does not match key'),
    keyMatches('cert_alt', 'key_alt', 'alternative certificate does not match key'),
    differentTypes('cert', 'cert_alt'),
  ],
)

/** A certificate with its key; the names it is shown for are SNIs. Source: Kong Gateway 3.9, Certificate object. */
export type Certificate = DeepReadonly<z.infer<typeof CERTIFICATE_SCHEMA>>

export const CERTIFICATE_DEFINITION: EntityDefinition<'certificates'> = {
  kind: 'certificates',
  schema: CERTIFICATE_SCHEMA,
  endpointKey: null,
  unique: [],
  foreignKeys: {},
  secretFields: ['key', 'key_alt'],
  childNames: { field: 'snis', kind: 'snis', foreignKey: 'certificate', nameField: 'name' },
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
}

/** The rule is left alone where one of the fields is null: `allOrNone` and the schema speak of that. */
function keyMatches(certField: string, keyField: string, message: string): EntityCheck {
  return {
    fields: [certField, keyField],
    violations: (read) => {
      const cert = textOf(read, certField)
      const key = textOf(read, keyField)
      if (cert === null || key === null) return []
      const [leaf] = readCertificates(cert)
      return leaf.checkPrivateKey(readPrivateKey(key)) ? [] : [{ field: ENTITY, message }]
    },
  }
}

/** Clients that cannot use the one are shown the other, so two of a type would be one too many. */
function differentTypes(field: string, alternativeField: string): EntityCheck {
  return {
    fields: [field, alternativeField],
    violations: (read) => {
      const [first, second] = [textOf(read, field), textOf(read, alternativeField)]
      if (first === null || second === null) return []
      const type = keyTypeOf(first)
      if (type !== keyTypeOf(second)) return []
      const message = `certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), the provided certificates were both of the same type '${type}'`
      return [{ field: ENTITY, message }]
    },
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = { rsa: 'RSA', ec: 'ECDSA' }

function keyTypeOf(pem: string): string {
  const [leaf] = readCertificates(pem)
  const type = leaf.publicKey.asymmetricKeyType ?? 'unknown'
  return TYPE_NAMES[type] ?? type
}

function textOf(read: FieldReader, field: string): string | null {
  const value = read(field)
  return typeof value === 'string' ? value : null
}
