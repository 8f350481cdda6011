import type { StoredPlugin } from '../../model/plugin-index.ts'
import { type CompiledSplit, compileSplit } from '../../variants/compile-split.ts'

/** Compiles each version of a traffic-split once. */
export function createCompiledSplits(): (stored: StoredPlugin<'traffic-split'>) => CompiledSplit {
  const known = new WeakMap<StoredPlugin<'traffic-split'>, CompiledSplit>()
  return (stored) => {
    const compiled = known.get(stored) ?? compileSplit(stored)
    known.set(stored, compiled)
    return compiled
  }
}
