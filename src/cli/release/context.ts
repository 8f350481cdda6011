import { type Command, InvalidArgumentError } from 'commander'
import { type AdminOptions, addAdminOptions, adminAddress } from '../admin/admin-options.ts'
import type { Environment } from '../settings-environment.ts'
import type { Terminal } from '../terminal.ts'
import { type Paint, painter } from '../text/colour.ts'
import type { ReleaseClient } from './release-client.ts'

/** What a command has to work with. */
export interface CommandContext {
  readonly client: ReleaseClient
  readonly terminal: Terminal
  readonly isJson: boolean
  readonly paint: Paint
}

export interface CommandParts {
  readonly env: Environment
  readonly terminal: Terminal
}

/** Values of the options that every command has. */
export interface CommonOptions extends AdminOptions {
  readonly as?: string
  readonly json?: boolean
}

export interface CommandText {
  readonly summary: string
  /** Command lines without `canary`. */
  readonly examples: readonly string[]
}

/** A subcommand with the options that all have, and with examples below its help. */
export function addCommand(
  parent: Command,
  usage: string,
  { summary, examples }: CommandText,
): Command {
  const command = addAdminOptions(parent.command(usage).description(summary))
    .allowExcessArguments(false)
    .option('--as <name>', 'Who acts, for the record (default: your user name).')
    .option('--json', 'Print what the gateway answers, as JSON.')
  const lines = examples.map((example) => `  canary ${example}`)
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

/** Fails with an Error in words when the file of the person is wrong. */
export function contextOf({ env, terminal }: CommandParts, options: CommonOptions): CommandContext {
  return {
    client: {
      address: adminAddress(options, env, terminal),
      actor: options.as ?? env.USER ?? env.LOGNAME ?? env.USERNAME ?? null,
      stopped: terminal.stopped,
    },
    terminal,
    isJson: options.json ?? false,
    paint: painter(terminal.isColoured),
  }
}

/** Prints JSON for programs, or lines for people. */
export function print(
  { terminal, isJson }: Pick<CommandContext, 'terminal' | 'isJson'>,
  value: unknown,
  lines: () => readonly string[],
): void {
  terminal.out(
    isJson
      ? `${JSON.stringify(value, null, 2)}\n`
      : lines()
          .map((line) => `${line}\n`)
          .join(''),
  )
}

/** For commander: a whole number from 1 on. */
export function wholeNumber(given: string): number {
  if (!/^[1-9]\d{0,5}$/.test(given))
    throw new InvalidArgumentError('give a whole number from 1 on.')
  return Number(given)
}
