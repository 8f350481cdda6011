import type { EntityKind } from '../../src/model/entity.ts'
import { placeholder } from './parents.ts'

/** Where the entities of a kind are created and found. */
export interface Endpoint {
  /** Takes POST. */
  readonly collection: string
  /** Field that addresses an item beside its id. */
  readonly key: string | null
  /** An item is answered inside of an object, under this name. */
  readonly wrappedIn?: string
}

/**
 * Every kind that has items of its own. Memberships have none: they are written through their two ends; and plugin
 * configs are written in APISIX's dialect only.
 * A new kind must be added here before this compiles.
 */
export const ENDPOINTS: {
  readonly [K in Exclude<EntityKind, 'consumer_group_consumers' | 'plugin_configs'>]: Endpoint
} = {
  services: { collection: '/services', key: 'name' },
  routes: { collection: '/routes', key: 'name' },
  upstreams: { collection: '/upstreams', key: 'name' },
  targets: { collection: `/upstreams/${placeholder('upstreams', 0)}/targets`, key: 'target' },
  consumers: { collection: '/consumers', key: 'username' },
  consumer_groups: { collection: '/consumer_groups', key: 'name', wrappedIn: 'consumer_group' },
  acls: { collection: `/consumers/${placeholder('consumers', 0)}/acls`, key: 'group' },
  keyauth_credentials: { collection: '/key-auths', key: 'key' },
  basicauth_credentials: { collection: '/basic-auths', key: 'username' },
  jwt_secrets: { collection: '/jwts', key: 'key' },
  certificates: { collection: '/certificates', key: null },
  ca_certificates: { collection: '/ca_certificates', key: null },
  snis: { collection: '/snis', key: 'name' },
  plugins: { collection: '/plugins', key: 'instance_name' },
}

export type FuzzedKind = keyof typeof ENDPOINTS

export const FUZZED_KINDS = Object.keys(ENDPOINTS) as readonly FuzzedKind[]
