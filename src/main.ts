import { processTerminal } from './cli/process-terminal.ts'
import { createProgram } from './cli/program.ts'
import { runProgram } from './cli/run-program.ts'
import { watchStopSignals } from './cli/stop-signals.ts'

/** The `canary` command. Sets the exit code of the process. */
export async function main(argv: readonly string[]): Promise<void> {
  surviveLostReaders()
  // Before anything is begun, so that a start can be interrupted in good order.
  const stop = watchStopSignals()
  const stopped = new AbortController()
  stop.signal.then(
    () => stopped.abort(),
    () => {},
  )
  const program = createProgram({
    terminal: processTerminal(stopped.signal),
    start: async (settings, sources) => {
      // Only here: the other commands talk to a gateway, and answer sooner without one in them.
      const { runGateway } = await import('./run-gateway.ts')
      await runGateway({ settings, sources, stop })
    },
  })
  process.exitCode = await runProgram(program, argv, (text) => process.stderr.write(text))
}

/** A reader of what is printed may leave at any time (`2> >(exec true)`); that is no reason to end. */
function surviveLostReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}
