/** Signals that ask the process to stop. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Resolves with the first stop signal. From then on a second signal calls `again`, which must end the process at
 * once (reliability.md section 10).
 */
export function firstStopSignal(again: (signal: NodeJS.Signals) => void): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let isStopping = false
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (isStopping) again(signal)
      isStopping = true
      resolve(signal)
    })
  }
  return promise
}
