import { Map as ImmutableMap } from 'immutable'
import { type Change, isOf } from './entity.ts'
import type { Plugin } from './plugin.ts'

/** How many enabled plugins are limited to a consumer or to a consumer group: requests of others need not look for any. */
export interface PluginOwners {
  /** By consumer id. */
  readonly consumers: ImmutableMap<string, number>
  /** By group id. */
  readonly groups: ImmutableMap<string, number>
}

export const NO_PLUGIN_OWNERS: PluginOwners = { consumers: ImmutableMap(), groups: ImmutableMap() }

/** The counts after a transaction; the same maps when no such plugin changed. */
export function advancePluginOwners(
  { consumers, groups }: PluginOwners,
  changes: readonly Change[],
): PluginOwners {
  return {
    consumers: counted(consumers, changes, (plugin) => plugin.consumer?.id),
    groups: counted(groups, changes, (plugin) => plugin.consumer_group?.id),
  }
}

function counted(
  counts: ImmutableMap<string, number>,
  changes: readonly Change[],
  ownerOf: (plugin: Plugin) => string | undefined,
): ImmutableMap<string, number> {
  return counts.withMutations((next) => {
    const add = (plugin: Plugin | undefined, number: number) => {
      const id = plugin?.enabled ? ownerOf(plugin) : undefined
      if (id === undefined) return
      const count = next.get(id, 0) + number
      if (count === 0) next.delete(id)
      else next.set(id, count)
    }
    for (const change of changes) {
      if (!isOf(change, 'plugins')) continue
      add(change.before?.entity, -1)
      add(change.after?.entity, 1)
    }
  })
}
