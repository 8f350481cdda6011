import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { EntityKind } from '../../model/entity.ts'

/** What is special about the endpoints of one kind, beyond the rules for all. */
export interface EndpointRules {
  readonly order: 'oldest-first' | 'newest-first'
  /** False: PUT acts as PATCH and answers 404 when there is nothing to change. */
  readonly canPutCreate: boolean
  /** A unique field by which the whole collection may be searched (`/consumers?custom_id=…`). */
  readonly searchField: string | null
}

/** `/services` and `/services/{s}`. */
export interface CollectionEndpoint {
  readonly kind: EntityKind
  readonly segment: string
}

/** `/services/{s}/routes` and `/services/{s}/routes/{r}`. */
export interface NestedEndpoint {
  readonly parent: CollectionEndpoint
  /** Foreign key of the nested kind that points at the parent. */
  readonly field: string
  readonly kind: EntityKind
  readonly segment: string
}

/** `/routes/{r}/service`: the entity that a foreign key points at. */
export interface RelatedEndpoint {
  readonly child: CollectionEndpoint
  readonly field: string
  readonly kind: EntityKind
}

const SERVICES = { kind: 'services', segment: 'services' } as const
const ROUTES = { kind: 'routes', segment: 'routes' } as const
const UPSTREAMS = { kind: 'upstreams', segment: 'upstreams' } as const
const CONSUMERS = { kind: 'consumers', segment: 'consumers' } as const
const CONSUMER_GROUPS = { kind: 'consumer_groups', segment: 'consumer_groups' } as const
const CERTIFICATES = { kind: 'certificates', segment: 'certificates' } as const

export const COLLECTIONS: readonly CollectionEndpoint[] = [
  SERVICES,
  ROUTES,
  UPSTREAMS,
  CONSUMERS,
  CONSUMER_GROUPS,
  CERTIFICATES,
  { kind: 'snis', segment: 'snis' },
  { kind: 'ca_certificates', segment: 'ca_certificates' },
  { kind: 'plugins', segment: 'plugins' },
  { kind: 'acls', segment: 'acls' },
  { kind: 'keyauth_credentials', segment: 'key-auths' },
  { kind: 'basicauth_credentials', segment: 'basic-auths' },
  { kind: 'jwt_secrets', segment: 'jwts' },
]

export const NESTED: readonly NestedEndpoint[] = [
  { parent: SERVICES, field: 'service', kind: 'routes', segment: 'routes' },
  { parent: SERVICES, field: 'service', kind: 'plugins', segment: 'plugins' },
  { parent: ROUTES, field: 'route', kind: 'plugins', segment: 'plugins' },
  { parent: CONSUMERS, field: 'consumer', kind: 'plugins', segment: 'plugins' },
  { parent: CONSUMERS, field: 'consumer', kind: 'acls', segment: 'acls' },
  { parent: CONSUMERS, field: 'consumer', kind: 'keyauth_credentials', segment: 'key-auth' },
  { parent: CONSUMERS, field: 'consumer', kind: 'basicauth_credentials', segment: 'basic-auth' },
  { parent: CONSUMERS, field: 'consumer', kind: 'jwt_secrets', segment: 'jwt' },
  { parent: CONSUMER_GROUPS, field: 'consumer_group', kind: 'plugins', segment: 'plugins' },
  { parent: CERTIFICATES, field: 'certificate', kind: 'snis', segment: 'snis' },
  { parent: CERTIFICATES, field: 'client_certificate', kind: 'services', segment: 'services' },
  { parent: CERTIFICATES, field: 'client_certificate', kind: 'upstreams', segment: 'upstreams' },
  { parent: UPSTREAMS, field: 'upstream', kind: 'targets', segment: 'targets' },
]

/** One per foreign key of each collection, but for lists of them. */
export const RELATED: readonly RelatedEndpoint[] = COLLECTIONS.flatMap((child) =>
  Object.entries(ENTITY_DEFINITIONS[child.kind].foreignKeys)
    .filter(([, rule]) => rule.isList !== true)
    .map(([field, rule]) => ({ child, field, kind: rule.kind })),
)

const COMMON_RULES: EndpointRules = {
  order: 'oldest-first',
  canPutCreate: true,
  searchField: null,
}

const SPECIAL_RULES: { readonly [K in EntityKind]?: Partial<EndpointRules> } = {
  targets: { order: 'newest-first', canPutCreate: false },
  consumers: { searchField: 'custom_id' },
}

/** The rules of one kind. Source: Kong Gateway 3.9, endpoints of targets and consumers. */
export function endpointRules(kind: EntityKind): EndpointRules {
  return { ...COMMON_RULES, ...SPECIAL_RULES[kind] }
}
