import { setTimeout as pause } from 'node:timers/promises'
import type { Terminal } from './terminal.ts'

/** Standard output and error of this process; `stopped` is aborted when the command shall end. */
export function processTerminal(stopped: AbortSignal): Terminal {
  const { stdout, stderr, env } = process
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isColoured: stdout.isTTY === true && (env.NO_COLOR ?? '') === '',
    showsProgress: stderr.isTTY === true,
    columns: stderr.columns ?? 80,
    isInteractive: stdout.isTTY === true && env.TERM !== 'dumb',
    // A terminal that does not know its size says 0.
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    now: () => Date.now(),
    stopped,
    pause: async (ms, until = stopped) => {
      await pause(ms, undefined, { signal: until }).catch((error: unknown) => {
        if (!until.aborted) throw error
      })
    },
  }
}
