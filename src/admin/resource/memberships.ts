import { childrenOf } from '../../configuration/children.ts'
import type { EntityTypes } from '../../model/entity.ts'
import { isUuid } from '../../model/uuid.ts'
import {
  MAX_PAGE_BYTES,
  type Page,
  type StoreReader,
  type StoreTransaction,
} from '../../store/store.ts'
import { findItem } from './place.ts'
import type { Write } from './write.ts'
import { createEntity } from './write-entity.ts'

const KIND = 'consumer_group_consumers'

type Membership = EntityTypes[typeof KIND]

/** A consumer or a consumer group. */
export type Member = EntityTypes['consumers' | 'consumer_groups']

/** One end of a membership. */
export interface MembershipSide {
  readonly kind: 'consumers' | 'consumer_groups'
  /** Field of the membership that points at it. */
  readonly field: 'consumer' | 'consumer_group'
  /** Field of a consumer or a group that names it. */
  readonly endpointKey: 'username' | 'name'
}

export const CONSUMER_SIDE: MembershipSide = {
  kind: 'consumers',
  field: 'consumer',
  endpointKey: 'username',
}

export const GROUP_SIDE: MembershipSide = {
  kind: 'consumer_groups',
  field: 'consumer_group',
  endpointKey: 'name',
}

/** All memberships of one consumer, or of one group. */
export interface Memberships {
  /** The end whose memberships they are. */
  readonly owner: MembershipSide
  readonly ownerId: string
  readonly member: MembershipSide
}

/** The other ends of all memberships, oldest membership first. */
export async function allMembers(
  reader: StoreReader,
  memberships: Memberships,
): Promise<readonly Member[]> {
  const members: Member[] = []
  for await (const membership of childrenOf(reader, KIND, parentOf(memberships))) {
    members.push(...(await memberOf(reader, memberships.member, membership)))
  }
  return members
}

/** One page of `allMembers`, which ends where the members have become long. */
export async function memberPage(
  reader: StoreReader,
  memberships: Memberships,
  { size, after }: { readonly size: number; readonly after: string | null },
): Promise<Page<Member>> {
  const parent = parentOf(memberships)
  const query = { after, tags: null, parent, order: 'oldest-first' } as const
  const page = await reader.list(KIND, { ...query, size })
  const rows: Member[] = []
  let bytes = 0
  for (const [index, { entity }] of page.rows.entries()) {
    const found = await memberOf(reader, memberships.member, entity)
    bytes += JSON.stringify(found).length
    if (index > 0 && bytes > MAX_PAGE_BYTES) {
      const { next } = await reader.list(KIND, { ...query, size: index })
      return { rows, next }
    }
    rows.push(...found)
  }
  return { rows, next: page.next }
}

/**
 * Adds the consumer or group that `key` names (id, or username or name) and answers it, alone in a list.
 * Fails as creating an entity does: with foreign_keys_unresolved for a name that nothing has, with
 * foreign_key_violation for such an id, and with unique_violation for who is a member already.
 */
export async function addMember(
  transaction: StoreTransaction,
  memberships: Memberships,
  { key, nowMs, draws }: Pick<Write, 'nowMs' | 'draws'> & { readonly key: string },
): Promise<readonly Member[]> {
  const { member } = memberships
  const found = await findItem(transaction, { kind: member.kind, parent: null }, key)
  const id = found?.entity.id ?? (isUuid(key) ? key : null)
  const reference = id === null ? { [member.endpointKey]: key } : { id }
  const membership = await createEntity(transaction, {
    place: { kind: KIND, parent: parentOf(memberships) },
    body: { type: 'json', fields: { [member.field]: reference } },
    nowMs,
    draws,
  })
  return memberOf(transaction, member, membership as Membership)
}

/** Ends the membership of the consumer or group that `key` names; false when there is none. */
export async function removeMember(
  transaction: StoreTransaction,
  { owner, ownerId, member }: Memberships,
  key: string,
): Promise<boolean> {
  const found = await findItem(transaction, { kind: member.kind, parent: null }, key)
  if (found === null) return false
  const ends = { [owner.field]: ownerId, [member.field]: found.entity.id }
  const membership = await transaction.find(KIND, ends)
  return membership !== null && transaction.remove(KIND, membership.entity.id)
}

/** Ends all memberships. */
export async function removeAllMembers(
  transaction: StoreTransaction,
  memberships: Memberships,
): Promise<void> {
  for await (const { id } of childrenOf(transaction, KIND, parentOf(memberships))) {
    await transaction.remove(KIND, id)
  }
}

function parentOf({ owner, ownerId }: Memberships) {
  return { field: owner.field, id: ownerId }
}

/** Empty only when the member was deleted since the membership was read. */
async function memberOf(
  reader: StoreReader,
  side: MembershipSide,
  membership: Membership,
): Promise<readonly Member[]> {
  const stored = await reader.get(side.kind, membership[side.field].id)
  return stored === null ? [] : [stored.entity]
}
