import type { Consumer } from '../model/consumer.ts'
import type { EntityKind, StoredEntity } from '../model/entity.ts'
import type { KeyAuthCredential } from '../model/key-auth-credential.ts'
import { Caller, Member } from './caller.ts'
import type { ConsumerDirectory } from './consumer-directory.ts'
import type { ShardedMapDraft } from './sharded-map.ts'

/**
 * A directory while it is being changed. Collects per consumer what comes and goes, in any order among entities
 * (a credential may come before its consumer), and makes the members and callers once, at the end.
 */
export class DirectoryDraft {
  readonly #callersByKey: ShardedMapDraft<Caller>
  readonly #membersById: ShardedMapDraft<Member>
  readonly #idsByUsername: ShardedMapDraft<string>
  readonly #members = new Map<string, MemberDraft>()

  constructor(directory: ConsumerDirectory) {
    this.#callersByKey = directory.callersByKey.edit()
    this.#membersById = directory.membersById.edit()
    this.#idsByUsername = directory.idsByUsername.edit()
  }

  /** Takes out an entity as it was; kinds that a directory does not keep are left alone. */
  remove(stored: StoredEntity): void {
    if (isOf(stored, 'consumers')) {
      this.#draft(stored.entity.id).consumer = null
      if (stored.entity.username !== null) this.#idsByUsername.delete(stored.entity.username)
    } else if (isOf(stored, 'acls')) {
      this.#draft(stored.entity.consumer.id).groups.delete(stored.entity.group)
    } else if (isOf(stored, 'consumer_group_consumers')) {
      const { consumer, consumer_group: group } = stored.entity
      this.#draft(consumer.id).consumerGroupIds.delete(group.id)
    } else if (isOf(stored, 'keyauth_credentials')) {
      this.#draft(stored.entity.consumer.id).credentials.delete(stored.entity.id)
      this.#callersByKey.delete(stored.entity.key)
    }
  }

  /** Puts in an entity as it is now; call it after the removals of the same transaction. */
  add(stored: StoredEntity): void {
    if (isOf(stored, 'consumers')) {
      const { id, username } = stored.entity
      this.#draft(id).consumer = stored.entity
      if (username !== null) this.#idsByUsername.set(username, id)
    } else if (isOf(stored, 'acls')) {
      this.#draft(stored.entity.consumer.id).groups.add(stored.entity.group)
    } else if (isOf(stored, 'consumer_group_consumers')) {
      const { consumer, consumer_group: group } = stored.entity
      this.#draft(consumer.id).consumerGroupIds.add(group.id)
    } else if (isOf(stored, 'keyauth_credentials')) {
      this.#draft(stored.entity.consumer.id).credentials.set(stored.entity.id, stored.entity)
    }
  }

  /** The changed directory. The draft must not be used after it. */
  finish(): ConsumerDirectory {
    for (const [id, draft] of this.#members) {
      if (draft.consumer === null) this.#forget(id, draft)
      else this.#settle(draft.consumer, draft)
    }
    return {
      callersByKey: this.#callersByKey.finish(),
      membersById: this.#membersById.finish(),
      idsByUsername: this.#idsByUsername.finish(),
    }
  }

  #settle(consumer: Consumer, { groups, consumerGroupIds, credentials }: MemberDraft): void {
    const member = new Member({
      consumer,
      groups: sortedSet(groups),
      consumerGroupIds: consumerGroupIds.size === 0 ? NO_GROUPS : consumerGroupIds,
      credentials: [...credentials.values()],
    })
    this.#membersById.set(consumer.id, member)
    for (const credential of member.credentials) {
      const caller = new Caller(member.identity(credential.id), expiryMs(credential))
      this.#callersByKey.set(credential.key, caller)
    }
  }

  #forget(consumerId: string, { credentials }: MemberDraft): void {
    this.#membersById.delete(consumerId)
    for (const { key } of credentials.values()) this.#callersByKey.delete(key)
  }

  #draft(consumerId: string): MemberDraft {
    let draft = this.#members.get(consumerId)
    if (draft === undefined) {
      draft = draftOf(this.#membersById.get(consumerId))
      this.#members.set(consumerId, draft)
    }
    return draft
  }
}

interface MemberDraft {
  consumer: Consumer | null
  readonly groups: Set<string>
  readonly consumerGroupIds: Set<string>
  /** By credential id. */
  readonly credentials: Map<string, KeyAuthCredential>
}

const NO_GROUPS: ReadonlySet<string> = new Set()

function draftOf(member: Member | undefined): MemberDraft {
  return {
    consumer: member?.consumer ?? null,
    groups: new Set(member?.groups),
    consumerGroupIds: new Set(member?.consumerGroupIds),
    credentials: new Map(member?.credentials.map((credential) => [credential.id, credential])),
  }
}

/** A key without a time to live, or with 0, does not expire (Kong, key-auth). Infinity for never. */
function expiryMs({ ttl, created_at }: KeyAuthCredential): number {
  return ttl ? (created_at + ttl) * 1000 : Number.POSITIVE_INFINITY
}

function sortedSet(groups: ReadonlySet<string>): ReadonlySet<string> {
  return groups.size === 0 ? NO_GROUPS : new Set([...groups].sort())
}

function isOf<K extends EntityKind>(stored: StoredEntity, kind: K): stored is StoredEntity<K> {
  return stored.kind === kind
}
