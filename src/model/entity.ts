import type { z } from 'zod'
import type { AclGroup } from './acl-group.ts'
import type { BasicAuthCredential } from './basic-auth-credential.ts'
import type { CaCertificate } from './ca-certificate.ts'
import type { Certificate } from './certificate.ts'
import type { Consumer } from './consumer.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerGroupMember } from './consumer-group-member.ts'
import type { Draws } from './draws.ts'
import type { ErrorDetail } from './errors.ts'
import type { JwtSecret } from './jwt-secret.ts'
import type { KeyAuthCredential } from './key-auth-credential.ts'
import type { Plugin } from './plugin.ts'
import type { PluginConfig } from './plugin-config.ts'
import type { Route } from './route.ts'
import type { Service } from './service.ts'
import type { Sni } from './sni.ts'
import type { Target } from './target.ts'
import type { Upstream } from './upstream.ts'

/** Reference to another entity, as Kong stores it. */
export interface ForeignKey {
  readonly id: string
}

/** Every entity by the name Kong's Admin API and errors give its table. */
export interface EntityTypes {
  services: Service
  routes: Route
  upstreams: Upstream
  targets: Target
  consumers: Consumer
  acls: AclGroup
  keyauth_credentials: KeyAuthCredential
  basicauth_credentials: BasicAuthCredential
  jwt_secrets: JwtSecret
  consumer_groups: ConsumerGroup
  consumer_group_consumers: ConsumerGroupMember
  certificates: Certificate
  ca_certificates: CaCertificate
  snis: Sni
  plugin_configs: PluginConfig
  plugins: Plugin
}
export type EntityKind = keyof EntityTypes
export type Entity = EntityTypes[EntityKind]

/** Facts the gateway keeps beside an entity and never shows in its fields. */
export interface Internals {
  /** Canary with `start: null`: epoch milliseconds from which the timed share counts. */
  readonly timedSince?: number
}

export interface StoredEntity<K extends EntityKind = EntityKind> {
  readonly kind: K
  readonly entity: EntityTypes[K]
  readonly internals: Internals
}

/** One row of a transaction: created (no before), replaced or deleted (no after). */
export interface Change<K extends EntityKind = EntityKind> {
  readonly kind: K
  readonly id: string
  readonly before: StoredEntity<K> | null
  readonly after: StoredEntity<K> | null
}

/** Whether a change is one of this kind of entity. */
export function isOf<K extends EntityKind>(change: Change, kind: K): change is Change<K> {
  return change.kind === kind
}

/** What happens to this entity when the one it points at is deleted. */
export type OnParentDelete = 'refuse' | 'cascade'

export interface ForeignKeyRule {
  readonly kind: EntityKind
  readonly isRequired: boolean
  readonly onParentDelete: OnParentDelete
  /** The field is a list of ids in place of one `{"id": "…"}`. */
  readonly isList?: boolean
}

/** What an entity names somewhere inside a field: it must exist, and is not deleted before. */
export interface Reference {
  /** Dotted path of the field, without places in lists. */
  readonly field: string
  readonly kind: EntityKind
  readonly id: string
}

/** Children that are written and shown with their parent by name, though each is an entity of its own. */
export interface ChildNames {
  /** Field of the parent that lists the names; not stored with it. */
  readonly field: string
  readonly kind: EntityKind
  /** Foreign key of the children that points at the parent. */
  readonly foreignKey: string
  /** Unique field of the children; its value also addresses the parent in paths. */
  readonly nameField: string
}

/**
 * All that the generic resource, the store and the snapshot need to know of one kind of entity.
 * The registry is model/entities.ts.
 */
export interface EntityDefinition<K extends EntityKind = EntityKind> {
  readonly kind: K
  /** Accepts what a client may write, fills defaults, reports every problem; id and timestamps included. */
  readonly schema: z.ZodType<EntityTypes[K]>
  /** Unique field that also addresses the entity in paths (`name`, `username`, `key`, …). */
  readonly endpointKey: string | null
  /** Sets of fields whose values together are unique; a null value in a single-field set is not compared. */
  readonly unique: readonly (readonly string[])[]
  /** Fields of a unique set that the error for a taken value leaves out when they are null. */
  readonly omittedWhenNull?: readonly string[]
  readonly foreignKeys: Readonly<Record<string, ForeignKeyRule>>
  /** References that are no fields of their own. */
  readonly references?: (entity: EntityTypes[K]) => readonly Reference[]
  /** Fields of `references` with whose entity this one is deleted; the others refuse that. */
  readonly cascadingReferences?: readonly string[]
  readonly childNames?: ChildNames
  /** Fields whose values the audit log must not keep. */
  readonly secretFields?: readonly string[]
  readonly hasUpdatedAt: boolean
  /** Targets keep milliseconds in `created_at`; all others whole seconds. */
  readonly hasFractionalTimestamps: boolean
  /** Rewrites write-only shorthands (`url`) into fields before merge and validation. May throw GatewayError. */
  readonly expandShorthands?: (input: Record<string, unknown>) => Record<string, unknown>
  /** Fills in what the gateway makes up for a new entity (a credential's key). Given values stay. */
  readonly generate?: (input: Record<string, unknown>, draws: Draws) => Record<string, unknown>
  /**
   * Replaces what must not be stored as it was given (a password) by what is stored; what has that form already stays.
   * May take long, so it comes before everything else, outside of the transaction.
   */
  readonly seal?: (input: Record<string, unknown>, draws: Draws) => Promise<Record<string, unknown>>
  /** Whether `seal` made the fields of a stored entity from these, so that nothing has changed. May take long. */
  readonly isSealOf?: (
    stored: EntityTypes[K],
    input: Readonly<Record<string, unknown>>,
  ) => Promise<boolean>
  /** What is wrong with a valid entity at the time it is written. */
  readonly problemsAt?: (entity: EntityTypes[K], nowMs: number) => readonly ErrorDetail[]
  /** Computes what is kept beside the entity when it is stored. */
  readonly internals?: (
    previous: StoredEntity<K> | null,
    next: EntityTypes[K],
    nowMs: number,
  ) => Internals
}
