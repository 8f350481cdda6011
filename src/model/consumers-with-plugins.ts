import { Map as ImmutableMap } from 'immutable'
import { type Change, isOf } from './entity.ts'
import type { Plugin } from './plugin.ts'

/** How many enabled plugins are limited to a consumer, by its id: requests of others need not look for any. */
export type ConsumersWithPlugins = ImmutableMap<string, number>

export const NO_CONSUMERS_WITH_PLUGINS: ConsumersWithPlugins = ImmutableMap()

/** The counts after a transaction; the same object when no such plugin changed. */
export function advanceConsumersWithPlugins(
  counts: ConsumersWithPlugins,
  changes: readonly Change[],
): ConsumersWithPlugins {
  return counts.withMutations((next) => {
    const add = (plugin: Plugin | undefined, number: number) => {
      const id = plugin?.enabled ? plugin.consumer?.id : undefined
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
