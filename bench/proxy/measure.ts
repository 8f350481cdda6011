import type { RunningContestant } from './contestant.ts'
import type { LoadProcess } from './load-process.ts'
import { processorTimeMicros } from './processor-time.ts'
import { orderOfRound, type Sample } from './rounds.ts'

export interface MeasureOptions {
  readonly rounds: number
  /** Requests to each contestant in each round. */
  readonly requests: number
  readonly warmUpRequests: number
  readonly connections: number
  readonly onProgress: (text: string) => void
}

/**
 * Measures all contestants in turn, round after round, so that whatever else the machine does hits
 * all of them alike. Samples by contestant, one per round.
 */
export async function measure(
  contestants: ReadonlyMap<string, RunningContestant>,
  load: LoadProcess,
  options: MeasureOptions,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>()
  for (const [name, contestant] of contestants) {
    options.onProgress(`warming up: ${name}`)
    samples.set(name, [])
    await sample(contestant, load, { ...options, requests: options.warmUpRequests })
  }
  for (let round = 0; round < options.rounds; round++) {
    options.onProgress(`round ${round + 1} of ${options.rounds}`)
    for (const [name, contestant] of orderOfRound([...contestants], round)) {
      samples.get(name)?.push(await sample(contestant, load, options))
    }
  }
  return samples
}

async function sample(
  contestant: RunningContestant,
  load: LoadProcess,
  options: MeasureOptions,
): Promise<Sample> {
  const { port, heads, pid } = contestant
  const { requests, connections } = options
  const before = processorTimeMicros(pid)
  const result = await load.run({ port, heads, requests, connections })
  const usedMicros = processorTimeMicros(pid) - before
  if (result.firstError !== null) options.onProgress(`error: ${result.firstError}`)
  return {
    microsPerRequest: usedMicros / requests,
    requestsPerSecond: requests / result.seconds,
    errors: result.errors,
  }
}
