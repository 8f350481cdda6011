import {
  buildPluginIndex,
  type ConsumerPluginScope,
  effectivePluginFor,
  type PluginIndex,
  type PluginName,
  type PluginScope,
  type StoredPlugin,
} from '../../model/plugin-index.ts'
import type { Snapshot } from '../../model/snapshot.ts'

/** Where a request is, and who sent it, if anybody is known. */
export type FindScope = PluginScope & Partial<ConsumerPluginScope>

/** Finds the instance of a plugin that is in force for a scope, by the rules of the proxy. */
export type FindPlugin = <N extends PluginName>(
  snapshot: Snapshot,
  name: N,
  scope: FindScope,
) => StoredPlugin<N> | null

/** A finder that indexes each snapshot once. */
export function createFindPlugin(): FindPlugin {
  const indexes = new WeakMap<Snapshot, PluginIndex>()
  return (snapshot, name, scope) => {
    const index = indexes.get(snapshot) ?? buildPluginIndex(snapshot)
    indexes.set(snapshot, index)
    return effectivePluginFor(index, name, { ...NOBODY, ...scope })
  }
}

const NOBODY = { consumerId: null, groups: [] }
