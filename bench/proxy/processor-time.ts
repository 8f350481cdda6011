import { readFileSync } from 'node:fs'

/** USER_HZ, which Linux fixes at 100 for everything it shows to programs (proc(5)). */
const TICKS_PER_SECOND = 100

/** Processor time a process has used so far with all its threads, user and system, in microseconds. */
export function processorTimeMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The second field is the command in parentheses and may hold spaces; utime and stime are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return (ticks * 1_000_000) / TICKS_PER_SECOND
}
