import {
  buildPluginIndex,
  effectivePlugin,
  type PluginIndex,
  type PluginName,
  type PluginScope,
  type StoredPlugin,
} from '../../model/plugin-index.ts'
import type { Snapshot } from '../../model/snapshot.ts'

/** Finds the instance of a plugin that is in force for a scope, by the function that the proxy asks. */
export type FindPlugin = <N extends PluginName>(
  snapshot: Snapshot,
  name: N,
  scope: PluginScope,
) => StoredPlugin<N> | null

/** A finder that indexes each snapshot once. */
export function createFindPlugin(): FindPlugin {
  const indexes = new WeakMap<Snapshot, PluginIndex>()
  return (snapshot, name, scope) => {
    const index = indexes.get(snapshot) ?? buildPluginIndex(snapshot)
    indexes.set(snapshot, index)
    return effectivePlugin(index, name, scope)
  }
}
