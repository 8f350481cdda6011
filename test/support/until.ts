import { setTimeout as wait } from 'node:timers/promises'

const LONGEST_MS = 20_000

/** What `look` gives once it holds; fails with the last thing seen when it never does. */
export async function until<T>(
  look: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  everyMs = 50,
): Promise<T> {
  const end = performance.now() + LONGEST_MS
  for (;;) {
    const seen = await look()
    if (holds(seen)) return seen
    if (performance.now() > end) throw new Error(`never came true; last: ${JSON.stringify(seen)}`)
    await wait(everyMs)
  }
}
