import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addCompletionCommands } from './completion/completion-command.ts'
import { createConfigCommand } from './config/config-command.ts'
import { packageVersion } from './package-version.ts'
import { processTerminal } from './process-terminal.ts'
import { addReleaseCommand } from './release/release-command.ts'
import { addServiceCommands } from './service/service-commands.ts'
import type { Environment } from './settings-environment.ts'
import { createStartCommand, type StartParts } from './start-command.ts'
import type { Terminal } from './terminal.ts'

export interface ProgramParts {
  readonly start: StartParts['start']
  /** Default: the environment of the process. */
  readonly env?: Environment
  /** Default: reads from disk. */
  readonly readFile?: (path: string) => string
  /** Default: that of the process, which nothing stops. */
  readonly terminal?: Terminal
}

/** The `canary` command with its subcommands. Throws instead of exiting: `runProgram` turns that into exit codes. */
export function createProgram({
  start,
  env = process.env,
  readFile = readText,
  terminal = processTerminal(new AbortController().signal),
}: ProgramParts): Command {
  const program = new Command('canary')
    .description('Canary release gateway: moves traffic from one version of a service to the next.')
    .version(packageVersion(), '-V, --version')
    .showHelpAfterError('(see `canary --help`)')
    .configureOutput({ outputError: (text, write) => write(withoutValues(text)) })
    .exitOverride()
  const startCommand = createStartCommand({ start, env, readFile })
  program.addCommand(startCommand.copyInheritedSettings(program))
  const configCommand = createConfigCommand({ env, terminal })
  configCommand.copyInheritedSettings(program)
  for (const command of configCommand.commands) {
    command.configureOutput(program.configureOutput()).showHelpAfterError('(see --help)')
  }
  program.addCommand(configCommand)
  addReleaseCommand(program, { env, terminal })
  addServiceCommands(program, { env, terminal })
  addCompletionCommands(program, { env, terminal })
  return program
}

/** Commander repeats what it cannot place, and that may be a secret: `--admin-tokn=hunter2`, a token with a space. */
function withoutValues(text: string): string {
  return text
    .replace(/(unknown option '[^=]*?)=.*'/s, "$1'")
    .replace(/(too many arguments.* but got \d+): .*/s, '$1.\n')
}

function readText(path: string): string {
  return readFileSync(path, 'utf8')
}
