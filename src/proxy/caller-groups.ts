import type { Consumer } from '../model/consumer.ts'
import type { ConsumerGroup } from '../model/consumer-group.ts'
import { groupsByPrecedence } from '../model/plugin-index.ts'
import { entityById } from '../model/snapshot.ts'
import type { Runtime } from './runtime.ts'

/** The consumer groups of a consumer, as far as requests heed them. */
export interface CallerGroups {
  /** The one that counts where only one can: the first by name. Null without any. */
  readonly first: ConsumerGroup | null
  /** Those that plugins are limited to, in the order in which they win. */
  readonly withPlugins: readonly ConsumerGroup[]
}

/** The groups of who sends a request; found once per runtime and consumer, when first asked for. */
export function callerGroupsOf(runtime: Runtime, consumer: Consumer | null): CallerGroups {
  if (consumer === null || runtime.snapshot.tables.consumer_groups.size === 0) return NO_GROUPS
  let groups = runtime.callerGroups.get(consumer.id)
  if (groups === undefined) {
    groups = findGroups(runtime, consumer)
    runtime.callerGroups.set(consumer.id, groups)
  }
  return groups
}

const NO_GROUPS: CallerGroups = { first: null, withPlugins: [] }

function findGroups(
  { snapshot, directory, pluginOwners }: Runtime,
  consumer: Consumer,
): CallerGroups {
  const ids = directory.membersById.get(consumer.id)?.consumerGroupIds ?? []
  const groups = [...ids].flatMap((id) => entityById(snapshot, 'consumer_groups', id)?.entity ?? [])
  if (groups.length === 0) return NO_GROUPS
  const ordered = groupsByPrecedence(groups)
  return {
    first: ordered[0] ?? null,
    withPlugins: ordered.filter(({ id }) => pluginOwners.groups.has(id)),
  }
}
