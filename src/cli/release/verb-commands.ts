import type { Command } from 'commander'
import {
  addCommand,
  type CommandParts,
  type CommonOptions,
  contextOf,
  wholeNumber,
} from './context.ts'
import { runVerb, VERBS, type Verb, type VerbWords } from './verbs.ts'

export interface ReasonOption extends CommonOptions {
  readonly reason?: string
}

/** One command for each verb; `jump` takes a step. */
export function addVerbCommands(release: Command, parts: CommandParts): void {
  for (const [verb, words] of Object.entries(VERBS) as [Verb, VerbWords][]) {
    const isJump = verb === 'jump'
    const command = addCommand(release, `${verb} <release>`, {
      summary: words.summary,
      examples: [`release ${words.example}`],
    })
    if (isJump) command.argument('<step>', 'Number of the step, from 1 on.', wholeNumber)
    command
      .option('--reason <text>', 'Why, for the record.')
      .action(async (name: string, ...rest: unknown[]) => {
        const [step] = rest
        // Commander hands over the command last, behind the arguments and the options.
        const options = command.opts<ReasonOption>()
        await runVerb(contextOf(parts, options), {
          verb,
          release: name,
          reason: options.reason,
          step: typeof step === 'number' ? step : undefined,
        })
      })
  }
}
