import { schedule } from 'node-cron'

/** Calls `tick` each second; one that takes longer leaves out the next. Returns what ends it. */
export function tickEachSecond(tick: () => Promise<void>): () => Promise<void> {
  const task = schedule('* * * * * *', tick, { noOverlap: true, suppressMissedWarning: true })
  return async () => {
    await task.destroy()
  }
}
