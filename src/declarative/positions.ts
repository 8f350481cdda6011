import type { FilePath } from './file-problem.ts'

/** Lines, from 1 on, of what was read from a file: of each map and list, and of what is in it. */
export type Positions = WeakMap<object, Place>

export interface Place {
  readonly line: number
  readonly keys: ReadonlyMap<string | number, number>
}

/** The line of what stands at `path` in `root`, or of the nearest thing around it; null when nothing is known. */
export function lineAt(positions: Positions, root: object, path: FilePath): number | null {
  let line = positions.get(root)?.line ?? null
  let value: unknown = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return line
    const next = positions.get(value)?.keys.get(key)
    if (next === undefined) return line
    line = next
    value = Reflect.get(value, key)
  }
  return line
}
