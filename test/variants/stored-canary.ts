import type { Consumer } from '../../src/model/consumer.ts'
import type { Draws } from '../../src/model/draws.ts'
import { type Identity, NOBODY } from '../../src/model/identity.ts'
import type { StoredPlugin } from '../../src/model/plugin-index.ts'
import type { CanaryConfig } from '../../src/model/plugins/canary.ts'
import { type CompiledCanary, compileCanary } from '../../src/variants/compile-canary.ts'
import type { StickyRequest } from '../../src/variants/sticky-key.ts'

export const PLUGIN_ID = '5f3c1d52-6f0e-4c5e-9d0b-0b7f2f9f3a11'
export const SERVICE_ID = '9748f662-7711-4a90-8186-dc02f10eb0f5'

/** What the schema makes of a configuration that names the canary's host only. */
export const DEFAULTS: CanaryConfig = {
  percentage: null,
  start: null,
  duration: 3600,
  steps: 1000,
  hash: 'consumer',
  hash_header: null,
  hash_cookie: null,
  groups: null,
  upstream_host: 'v2.example',
  upstream_port: null,
  upstream_uri: null,
  upstream_fallback: false,
  canary_by_header_name: null,
  salt: null,
  always_groups: null,
  never_groups: null,
  safety_net: false,
  safety_net_statuses: [502, 503, 504],
  drain: 'keep',
  drain_after: 60,
  variant_header: 'Canary-Variant',
}

/** A canary plugin as the store hands it out, with the documented defaults. */
export function storedCanary(
  config: Partial<CanaryConfig>,
  timedSince?: number,
): StoredPlugin<'canary'> {
  return {
    kind: 'plugins',
    entity: {
      id: PLUGIN_ID,
      name: 'canary',
      instance_name: null,
      service: { id: SERVICE_ID },
      route: null,
      consumer: null,
      consumer_group: null,
      config: { ...DEFAULTS, ...config },
      protocols: ['grpc', 'grpcs', 'http', 'https'],
      enabled: true,
      tags: null,
      ordering: null,
      created_at: 1_790_000_000,
      updated_at: 1_790_000_000,
    },
    internals: timedSince === undefined ? {} : { timedSince },
  }
}

export function canaryOf(config: Partial<CanaryConfig>, timedSince?: number): CompiledCanary {
  return compileCanary(storedCanary(config, timedSince))
}

export function consumerOf(id: string, username: string | null = id): Consumer {
  return {
    id,
    username,
    custom_id: username === null ? `custom-${id}` : null,
    tags: null,
    created_at: 1_790_000_000,
    updated_at: 1_790_000_000,
  }
}

export function identityOf(id: string, groups: readonly string[] = []): Identity {
  return { ...NOBODY, consumer: consumerOf(id), groups: new Set(groups) }
}

/** A request head with these fields (names in lower case), from a client address. */
export function requestOf(
  fields: readonly (readonly [name: string, value: string])[] = [],
  clientAddress = '203.0.113.7',
): StickyRequest {
  return {
    fields: { names: fields.map(([name]) => name), values: fields.map(([, value]) => value) },
    clientAddress,
  }
}

/** Draws that can be foretold: uuid-1, uuid-2, … and a counter per name. */
export function countedDraws(): Draws {
  const positions = new Map<string, number>()
  let uuids = 0
  return {
    uuid: () => `uuid-${++uuids}`,
    nextInCycle: (name) => {
      const position = positions.get(name) ?? 0
      positions.set(name, position + 1)
      return position
    },
  }
}
