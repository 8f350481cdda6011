import { schedule } from 'node-cron'

/** Calls `tick` each second. Returns what ends it. */
export function tickEachSecond(tick: () => void): () => Promise<void> {
  const task = schedule('* * * * * *', tick, { suppressMissedWarning: true })
  return async () => {
    await task.destroy()
  }
}
