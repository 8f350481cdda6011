import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { CREDENTIAL_EXTENSION } from './apisix/consumer-extension.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { Draws } from './draws.ts'
import type { EntityDefinition } from './entity.ts'
import { withEntityChecks } from './entity-checks.ts'
import { conditional } from './entity-rules.ts'
import {
  absentWhenNull,
  extension,
  foreignKey,
  id,
  oneOf,
  optional,
  required,
  tags,
  text,
  timestampSeconds,
  withDefault,
} from './fields.ts'
import { MAX_PEM_LENGTH, readPublicKey } from './pem.ts'

const ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
] as const

const JWT_SECRET_SCHEMA = withEntityChecks(
  z
    .strictObject({
      id: id(),
      created_at: timestampSeconds('created'),
      consumer: required(foreignKey('consumers'), 'Consumer that the tokens stand for.'),
      key: required(
        text(),
        'Unique name of the credential, which tokens carry in their iss claim; 32 random characters unless given.',
      ),
      secret: required(
        text(),
        'Secret that HS256, HS384 and HS512 sign with; 32 random characters unless given.',
      ),
      algorithm: withDefault(
        oneOf(ALGORITHMS),
        'HS256',
        `Algorithm that tokens are signed with: ${ALGORITHMS.join(', ')}; default HS256.`,
      ),
      rsa_public_key: optional(
        z.string().min(1).max(MAX_PEM_LENGTH),
        'Public key in PEM, RSA, EC or Ed25519 as the algorithm needs; null by default, required unless the algorithm is an HS.',
      ),
      tags: tags(),
      apisix: extension(
        CREDENTIAL_EXTENSION,
        "What Kong's fields have no words for of a credential that was written in APISIX's dialect; absent by default.",
      ),
    })
    .overwrite(absentWhenNull('apisix')),
  ALGORITHMS.filter((algorithm) => !algorithm.startsWith('HS')).map((algorithm) =>
    conditional({
      when: 'algorithm',
      is: { oneOf: [algorithm] },
      field: 'rsa_public_key',
      must: { isGiven: true, problem: (value) => keyProblem(String(value), algorithm) },
    }),
  ),
)

/** What signs the tokens of a consumer. Source: Kong Gateway 3.9, JWT plugin. */
export type JwtSecret = DeepReadonly<z.infer<typeof JWT_SECRET_SCHEMA>>

export const JWT_SECRET_DEFINITION: EntityDefinition<'jwt_secrets'> = {
  kind: 'jwt_secrets',
  schema: JWT_SECRET_SCHEMA,
  endpointKey: 'key',
  unique: [['key']],
  foreignKeys: { consumer: { kind: 'consumers', isRequired: true, onParentDelete: 'cascade' } },
  secretFields: ['secret'],
  hasUpdatedAt: false,
  hasFractionalTimestamps: false,
  generate: generateKeyAndSecret,
}

/** Kong takes any key; one of another type would be of no use with the algorithm. */
function keyProblem(pem: string, algorithm: string): string | null {
  const key = readPublicKey(pem)
  if (key === null) return 'invalid key'
  const needed = neededKey(algorithm)
  const given = keyName(key)
  return needed.includes(given)
    ? null
    : `invalid key: ${algorithm} needs ${needed.join(' or ')}, not ${given}`
}

/** Key of each algorithm. Source: RFC 7518 section 3.1, RFC 8037 section 3.1. */
function neededKey(algorithm: string): readonly string[] {
  switch (algorithm) {
    case 'ES256':
      return ['EC on P-256']
    case 'ES384':
      return ['EC on P-384']
    case 'ES512':
      return ['EC on P-521']
    case 'EdDSA':
      return ['Ed25519', 'Ed448']
    default:
      return ['RSA']
  }
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'EC on P-256',
  secp384r1: 'EC on P-384',
  secp521r1: 'EC on P-521',
}

const KEY_TYPES: Readonly<Record<string, string>> = {
  rsa: 'RSA',
  ed25519: 'Ed25519',
  ed448: 'Ed448',
}

function keyName({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string {
  if (type === 'ec') return CURVES[details?.namedCurve ?? ''] ?? `EC on ${details?.namedCurve}`
  return KEY_TYPES[type ?? ''] ?? String(type)
}

function generateKeyAndSecret(
  input: Record<string, unknown>,
  draws: Draws,
): Record<string, unknown> {
  const random = () => draws.uuid().replaceAll('-', '')
  return { ...input, key: input.key ?? random(), secret: input.secret ?? random() }
}
