import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

export interface Cores {
  /** For the server that is measured. */
  readonly server: number | null
  /** For the load and the upstreams. */
  readonly load: number | null
}

/** One core for the server and another one for the rest; null where they cannot be kept apart. */
export function chooseCores(): Cores {
  const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0
  if (!canPin || availableParallelism() < 2) return { server: null, load: null }
  return { server: 0, load: 1 }
}

/** The command line that runs a command on one core only; taskset replaces itself, so the pid stays. */
export function pinned(core: number | null, command: readonly string[]): [string, ...string[]] {
  const [program = '', ...args] = command
  return core === null ? [program, ...args] : ['taskset', '-c', String(core), program, ...args]
}
