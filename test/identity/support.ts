import type { ConsumerDirectory } from '../../src/identity/consumer-directory.ts'
import { buildDirectory } from '../../src/identity/directory.ts'
import type { AclGroup } from '../../src/model/acl-group.ts'
import type { Consumer } from '../../src/model/consumer.ts'
import type { ConsumerGroupMember } from '../../src/model/consumer-group-member.ts'
import type { Change, EntityKind, EntityTypes, StoredEntity } from '../../src/model/entity.ts'
import type { KeyAuthCredential } from '../../src/model/key-auth-credential.ts'
import { advanceSnapshot, EMPTY_SNAPSHOT, type Snapshot } from '../../src/model/snapshot.ts'

export const CREATED_AT = 1_700_000_000

export function consumer(username: string | null, custom_id: string | null = null): StoredEntity {
  const id = `consumer-${username ?? custom_id}`
  const entity: Consumer = {
    id,
    created_at: CREATED_AT,
    updated_at: CREATED_AT,
    username,
    custom_id,
    tags: null,
  }
  return stored('consumers', entity)
}

export function membership(username: string, group: string): StoredEntity {
  const entity: AclGroup = {
    id: `acl-${username}-${group}`,
    created_at: CREATED_AT,
    consumer: { id: `consumer-${username}` },
    group,
    tags: null,
  }
  return stored('acls', entity)
}

export function groupMembership(username: string, group: string): StoredEntity {
  const entity: ConsumerGroupMember = {
    id: `member-${username}-${group}`,
    created_at: CREATED_AT,
    consumer: { id: `consumer-${username}` },
    consumer_group: { id: `group-${group}` },
    tags: null,
  }
  return stored('consumer_group_consumers', entity)
}

interface CredentialParts {
  readonly id?: string
  readonly ttl?: number | null
}

export function credential(
  username: string,
  key: string,
  { id = `credential-${key}`, ttl = null }: CredentialParts = {},
): StoredEntity {
  const entity: KeyAuthCredential = {
    id,
    created_at: CREATED_AT,
    consumer: { id: `consumer-${username}` },
    key,
    ttl,
    tags: null,
  }
  return stored('keyauth_credentials', entity)
}

/** What a transaction did to one entity. */
export function change(before: StoredEntity | null, after: StoredEntity | null): Change {
  const either = after ?? before
  if (either === null) throw new Error('a change needs an entity before or after it')
  return { kind: either.kind, id: either.entity.id, before, after }
}

export function snapshotOf(rows: readonly StoredEntity[]): Snapshot {
  return advanceSnapshot(
    EMPTY_SNAPSHOT,
    rows.map((row) => change(null, row)),
    1,
  )
}

export function directoryOf(rows: readonly StoredEntity[]): ConsumerDirectory {
  return buildDirectory(snapshotOf(rows))
}

function stored<K extends EntityKind>(kind: K, entity: EntityTypes[K]): StoredEntity {
  return { kind, entity, internals: {} } as StoredEntity
}
