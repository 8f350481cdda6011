import { z } from 'zod'
import type { BasicAuthCredential } from '../../../model/basic-auth-credential.ts'
import type { EntityKind } from '../../../model/entity.ts'
import { text } from '../../../model/fields.ts'
import type { JwtSecret } from '../../../model/jwt-secret.ts'
import type { KeyAuthCredential } from '../../../model/key-auth-credential.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'
import { withoutNulls } from '../shared/kong-fields.ts'

/** Kinds of entities that are credentials of consumers. */
export type CredentialKind = Extract<
  EntityKind,
  'keyauth_credentials' | 'basicauth_credentials' | 'jwt_secrets'
>

export type Credential = KeyAuthCredential | BasicAuthCredential | JwtSecret

/** A plugin of APISIX that, on a consumer, is a credential. */
interface AuthPlugin {
  readonly kind: CredentialKind
  /** Field that no two credentials have in common. */
  readonly keyField: 'key' | 'username'
  /** What a consumer says. Source: APISIX 3.18, consumer schema of the plugin. */
  readonly schema: z.ZodObject
  /** Fields that APISIX has no words for. */
  readonly kongOnly: readonly string[]
  toKong(config: ApisixValue): ApisixValue
  fromKong(credential: Credential): ApisixValue
}

const FIELDS_OF_JWT = z.strictObject({
  key: text(),
  secret: text().optional(),
  algorithm: text().optional(),
  public_key: z.string().optional(),
})

export const AUTH_PLUGINS = {
  'key-auth': {
    kind: 'keyauth_credentials',
    keyField: 'key',
    schema: z.strictObject({ key: text() }),
    kongOnly: ['ttl', 'tags'],
    toKong: ({ key }) => ({ key }),
    fromKong: (credential) => ({ key: (credential as KeyAuthCredential).key }),
  },
  'basic-auth': {
    kind: 'basicauth_credentials',
    keyField: 'username',
    schema: z.strictObject({ username: text(), password: z.string().min(1) }),
    kongOnly: ['tags'],
    toKong: ({ username, password }) => ({ username, password }),
    fromKong: (credential) => {
      const { username, password } = credential as BasicAuthCredential
      return { username, password }
    },
  },
  'jwt-auth': {
    kind: 'jwt_secrets',
    keyField: 'key',
    schema: FIELDS_OF_JWT,
    kongOnly: ['tags'],
    toKong: ({ public_key, ...fields }) => ({ ...fields, rsa_public_key: public_key }),
    fromKong: (credential) => {
      const { key, secret, algorithm, rsa_public_key } = credential as JwtSecret
      return withoutNulls({ key, secret, algorithm, public_key: rsa_public_key })
    },
  },
} as const satisfies Record<string, AuthPlugin>

export type AuthPluginName = keyof typeof AUTH_PLUGINS

export const AUTH_PLUGIN_NAMES = Object.keys(AUTH_PLUGINS) as readonly AuthPluginName[]

/** True for a plugin that is a credential when a consumer has it. */
export function isAuthPlugin(name: string): name is AuthPluginName {
  return Object.hasOwn(AUTH_PLUGINS, name)
}

export function authPlugin(name: AuthPluginName): AuthPlugin {
  return AUTH_PLUGINS[name]
}
