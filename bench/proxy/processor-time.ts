import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** USER_HZ, which Linux fixes at 100 for everything it shows to programs (proc(5)). */
const TICKS_PER_SECOND = 100

/**
 * Processor time a process has used so far with all its threads, user and system, in microseconds.
 * Exact where the kernel keeps scheduler statistics, else in steps of 10 ms. Linux only.
 */
export function processorTimeMicros(pid: number): number {
  return existsSync(`/proc/${pid}/schedstat`) ? fromSchedulerStatistics(pid) : fromTicks(pid)
}

/** The first field of schedstat is the nanoseconds a thread has run (Documentation/scheduler/sched-stats). */
function fromSchedulerStatistics(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const path = `/proc/${pid}/task/${thread}/schedstat`
    nanoseconds += Number(readFileSync(path, 'latin1').split(' ', 1)[0])
  }
  return nanoseconds / 1_000
}

/** The second field of stat is the command in parentheses and may hold spaces; utime and stime are 14 and 15. */
function fromTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return (ticks * 1_000_000) / TICKS_PER_SECOND
}
