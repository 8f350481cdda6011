/** Signals that ask the process to stop. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const

export interface StopRequest {
  /** Resolves with the first stop signal. */
  readonly signal: Promise<NodeJS.Signals>
  /** Whether it has come. */
  readonly isMade: boolean
  /** What to do before a second signal ends the process at once (reliability.md section 10). */
  lastWords: (signal: NodeJS.Signals) => void
}

/**
 * Takes stop signals from now on: the first is for the caller to obey, a second one ends the process at once with
 * exit code 1.
 */
export function watchStopSignals(): StopRequest {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  const request = { signal: promise, isMade: false, lastWords: (_signal: NodeJS.Signals) => {} }
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (request.isMade) {
        request.lastWords(signal)
        process.exit(1)
      }
      request.isMade = true
      resolve(signal)
    })
  }
  return request
}
