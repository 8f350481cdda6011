import type { Map as ImmutableMap } from 'immutable'
import type { Change, EntityKind, StoredEntity } from '../model/entity.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { Caller, Member } from './caller.ts'
import type { ConsumerDirectory } from './consumer-directory.ts'
import { DirectoryDraft } from './directory-draft.ts'
import { ShardedMap } from './sharded-map.ts'

export function emptyDirectory(): ConsumerDirectory {
  return {
    callersByKey: new ShardedMap(),
    membersById: new ShardedMap(),
    idsByUsername: new ShardedMap(),
  }
}

/** The directory of a whole snapshot. */
export function buildDirectory(snapshot: Snapshot): ConsumerDirectory {
  const draft = new DirectoryDraft(emptyDirectory())
  for (const kind of DIRECTORY_KINDS) {
    const table: ImmutableMap<string, StoredEntity> = snapshot.tables[kind]
    for (const stored of table.values()) draft.add(stored)
  }
  return draft.finish()
}

/**
 * The directory after a transaction, whose changes may come in any order; the same object when none concerns it.
 * Costs in proportion to the changes and to the credentials of their consumers.
 */
export function advanceDirectory(
  directory: ConsumerDirectory,
  changes: readonly Change[],
): ConsumerDirectory {
  const own = changes.filter((change) => DIRECTORY_KINDS.includes(change.kind))
  if (own.length === 0) return directory
  const draft = new DirectoryDraft(directory)
  // What leaves goes first: a key, a name or a group may pass from one entity to another in one transaction.
  for (const { before } of own) if (before !== null) draft.remove(before)
  for (const { after } of own) if (after !== null) draft.add(after)
  return draft.finish()
}

/** Who has this key, unless the key has expired. `nowMs` is in epoch milliseconds. */
export function callerByKey(
  directory: ConsumerDirectory,
  key: string,
  nowMs: number,
): Caller | undefined {
  const caller = directory.callersByKey.get(key)
  return caller !== undefined && nowMs < caller.expiresAtMs ? caller : undefined
}

/** The consumer with this id, else with this username. */
export function memberByIdOrUsername(
  directory: ConsumerDirectory,
  idOrUsername: string,
): Member | undefined {
  const byId = directory.membersById.get(idOrUsername)
  if (byId !== undefined) return byId
  const id = directory.idsByUsername.get(idOrUsername)
  return id === undefined ? undefined : directory.membersById.get(id)
}

const DIRECTORY_KINDS: readonly EntityKind[] = [
  'consumers',
  'acls',
  'keyauth_credentials',
  'consumer_group_consumers',
]
