import type { Caller, Member } from './caller.ts'
import type { ShardedMap } from './sharded-map.ts'

/**
 * Consumers, their groups and their keys, laid out for looking up. Persistent like the snapshot it belongs to: a
 * change shares all that it does not touch, and a request that runs on an older one is not disturbed.
 */
export interface ConsumerDirectory {
  readonly callersByKey: ShardedMap<Caller>
  readonly membersById: ShardedMap<Member>
  readonly idsByUsername: ShardedMap<string>
}
