import { setImmediate } from 'node:timers/promises'

/** For so long work may go on before the traffic has its turn. */
const SLICE_MS = 3

/** Runs the steps to their end and gives the event loop a turn whenever they have taken long enough together. */
export async function inSlices<T>(steps: Generator<unknown, T>): Promise<T> {
  let begin = performance.now()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (performance.now() - begin < SLICE_MS) continue
    await setImmediate()
    begin = performance.now()
  }
}
