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
  integer,
  optional,
  required,
  tags,
  text,
  timestampSeconds,
} from './fields.ts'

const KEY_AUTH_CREDENTIAL_SCHEMA = z
  .strictObject({
    id: id(),
    created_at: timestampSeconds('created'),
    consumer: required(foreignKey('consumers'), 'Consumer that the key belongs to.'),
    key: required(text(), 'The key, unique; 32 random characters unless given.'),
    ttl: optional(
      integer(0, 100000000),
      'Seconds from its creation after which the key is no longer accepted, 0 to 100000000; null (never) by default.',
    ),
    tags: tags(),
    apisix: extension(
      CREDENTIAL_EXTENSION,
      "What Kong's fields have no words for of a key that was written in APISIX's dialect; absent by default.",
    ),
  })
  .overwrite(absentWhenNull('apisix'))

/** A key that identifies a consumer. Source: Kong Gateway 3.9, Key Auth plugin. */
export type KeyAuthCredential = DeepReadonly<z.infer<typeof KEY_AUTH_CREDENTIAL_SCHEMA>>

export const KEY_AUTH_CREDENTIAL_DEFINITION: EntityDefinition<'keyauth_credentials'> = {
  kind: 'keyauth_credentials',
  schema: KEY_AUTH_CREDENTIAL_SCHEMA,
  endpointKey: 'key',
  unique: [['key']],
  foreignKeys: { consumer: { kind: 'consumers', isRequired: true, onParentDelete: 'cascade' } },
  secretFields: ['key'],
  hasUpdatedAt: false,
  hasFractionalTimestamps: false,
  generate: generateKey,
}

function generateKey(input: Record<string, unknown>, draws: Draws): Record<string, unknown> {
  const isGiven = input.key !== undefined && input.key !== null
  return isGiven ? input : { ...input, key: draws.uuid().replaceAll('-', '') }
}
