import { type Command, CommanderError } from 'commander'
import { GatewayError } from '../model/errors.ts'
import { Exit } from './exit.ts'

/**
 * 0 done, 1 failed, 2 the command line itself is wrong; below `config`, 2 that there is a difference. Of `release watch`
 * also 124 for a timeout, as timeout(1) has it, and 130 for an interrupt, as shells have it.
 */
export type ExitCode = 0 | 1 | 2 | 124 | 130

/**
 * Runs a command line (`process.argv`) to its end. Never rejects: what went wrong is told in words through
 * `printError`, without a stack, and as exit code.
 */
export async function runProgram(
  program: Command,
  argv: readonly string[],
  printError: (text: string) => void,
): Promise<ExitCode> {
  try {
    await program.parseAsync([...argv])
    return 0
  } catch (error) {
    // Commander has printed its message already; --help and --version end this way too, with code 0.
    if (error instanceof Exit) return error.code
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    printError(`canary: ${describe(error)}\n`)
    return 1
  }
}

function describe(error: unknown): string {
  if (error instanceof GatewayError) return `${error.message}\n${error.hint}`
  return error instanceof Error ? error.message : String(error)
}
