import { ENTITY_DEFINITIONS } from '../../src/model/entities.ts'
import type { EntityKind, EntityTypes, StoredEntity } from '../../src/model/entity.ts'
import type { AuditQuery, ChangeAuthor, ListQuery } from '../../src/store/store.ts'
import { PEM } from './pem.ts'

export const AUTHOR: ChangeAuthor = {
  actor: 'anna',
  requestId: '0123456789abcdef0123456789abcdef',
  at: new Date('2026-03-01T10:00:00.123Z'),
}

export const FIRST_PAGE: ListQuery = {
  size: 100,
  after: null,
  tags: null,
  parent: null,
  order: 'oldest-first',
}

export const AUDIT_PAGE: AuditQuery = { size: 100, after: null, entity: null, actor: null }

/** The UUID number `n`. */
export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
}

/** A stored entity with id `uuid(n)`, the required fields filled in, and `fields` over them. */
export function storedRow<K extends EntityKind>(
  kind: K,
  n: number,
  fields: Readonly<Record<string, unknown>> = {},
): StoredEntity<K> {
  const { schema, hasUpdatedAt } = ENTITY_DEFINITIONS[kind]
  const times = hasUpdatedAt
    ? { created_at: 1_700_000_000, updated_at: 1_700_000_000 }
    : { created_at: 1_700_000_000 }
  const entity = schema.parse({ id: uuid(n), ...times, ...required(kind, n), ...fields })
  return { kind, entity: entity as EntityTypes[K], internals: {} }
}

/** Same id, other fields. */
export function withFields<K extends EntityKind>(
  row: StoredEntity<K>,
  fields: Readonly<Record<string, unknown>>,
): StoredEntity<K> {
  return { ...row, entity: { ...row.entity, ...fields } }
}

function required(kind: EntityKind, n: number): Readonly<Record<string, unknown>> {
  switch (kind) {
    case 'services':
      return { host: 'address.test' }
    case 'routes':
      return { paths: [`/path-${n}`] }
    case 'upstreams':
      return { name: `upstream-${n}` }
    case 'targets':
      return { target: '10.0.0.1:8000' }
    case 'consumers':
      return { username: `consumer-${n}` }
    case 'acls':
      return { group: 'testers' }
    case 'keyauth_credentials':
      return { key: `key-${n}` }
    case 'basicauth_credentials':
      return { username: `user-${n}`, password: 'secret' }
    case 'jwt_secrets':
      return { key: `key-${n}`, secret: 'secret' }
    case 'consumer_groups':
      return { name: `group-${n}` }
    case 'certificates':
      return PEM.shop
    case 'ca_certificates':
      return { cert: PEM.rootCa, cert_digest: `digest-${n}` }
    case 'snis':
      return { name: `name-${n}.test` }
    case 'consumer_group_consumers':
    case 'plugin_configs':
      return {}
    case 'plugins':
      return { name: 'canary', config: { upstream_host: 'canary.test' } }
  }
}
