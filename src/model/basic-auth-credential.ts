import { z } from 'zod'
import { CREDENTIAL_EXTENSION } from './apisix/consumer-extension.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { Draws } from './draws.ts'
import type { EntityDefinition } from './entity.ts'
import {
  absentWhenNull,
  extension,
  foreignKey,
  id,
  required,
  rule,
  tags,
  text,
  timestampSeconds,
} from './fields.ts'
import { hashPassword, isPasswordHash, verifyPassword } from './password-hash.ts'

const BASIC_AUTH_CREDENTIAL_SCHEMA = z
  .strictObject({
    id: id(),
    created_at: timestampSeconds('created'),
    consumer: required(foreignKey('consumers'), 'Consumer that the credential belongs to.'),
    username: required(
      text().check(rule(usernameProblem)),
      'Unique name to authenticate with, without a colon.',
    ),
    password: required(
      z.string().min(1),
      'Password; stored and shown as a salted hash, which is taken as it is when it is given.',
    ),
    tags: tags(),
    apisix: extension(
      CREDENTIAL_EXTENSION,
      "What Kong's fields have no words for of a credential that was written in APISIX's dialect; absent by default.",
    ),
  })
  .overwrite(absentWhenNull('apisix'))

/** A name and a password that identify a consumer. Source: Kong Gateway 3.9, Basic Auth plugin. */
export type BasicAuthCredential = DeepReadonly<z.infer<typeof BASIC_AUTH_CREDENTIAL_SCHEMA>>

export const BASIC_AUTH_CREDENTIAL_DEFINITION: EntityDefinition<'basicauth_credentials'> = {
  kind: 'basicauth_credentials',
  schema: BASIC_AUTH_CREDENTIAL_SCHEMA,
  endpointKey: 'username',
  unique: [['username']],
  foreignKeys: { consumer: { kind: 'consumers', isRequired: true, onParentDelete: 'cascade' } },
  secretFields: ['password'],
  hasUpdatedAt: false,
  hasFractionalTimestamps: false,
  seal: hashGivenPassword,
  isSealOf: async (stored, { password }) =>
    password === stored.password || verifyPassword(String(password), stored.password),
}

/** What stands before the first colon is the name, so no client could send one (RFC 7617 section 2). */
function usernameProblem(username: string): string | null {
  return username.includes(':') ? 'invalid value: must not contain a colon' : null
}

/** What is no password is left for the schema to refuse. */
async function hashGivenPassword(
  input: Record<string, unknown>,
  draws: Draws,
): Promise<Record<string, unknown>> {
  const { password } = input
  if (typeof password !== 'string' || password === '' || isPasswordHash(password)) return input
  const salt = Buffer.from(draws.uuid().replaceAll('-', ''), 'hex')
  return { ...input, password: await hashPassword(password, salt) }
}
