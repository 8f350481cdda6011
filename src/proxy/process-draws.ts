import { randomUUID } from 'node:crypto'
import type { Draws } from '../model/draws.ts'

/** The draws of this process: random UUIDs, and cycles that start at 0 and live as long as the process. */
export function createDraws(): Draws {
  const cycles = new Map<string, number>()
  return {
    uuid: () => randomUUID(),
    nextInCycle(name) {
      const position = cycles.get(name) ?? 0
      cycles.set(name, position + 1)
      return position
    },
  }
}
