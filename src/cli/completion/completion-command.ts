import { Argument, type Command } from 'commander'
import type { CommandParts } from '../release/context.ts'
import { candidates } from './candidates.ts'
import { namesOfGateway } from './known-names.ts'
import { COMPLETE_COMMAND, SHELL_SCRIPTS, SHELLS, type Shell } from './shell-scripts.ts'

/** `canary completion SHELL`, and the hidden command that its scripts ask. */
export function addCompletionCommands(program: Command, { env, terminal }: CommandParts): void {
  program
    .command('completion')
    .description('Print what makes a shell complete commands, releases and services.')
    .allowExcessArguments(false)
    .addArgument(new Argument('<shell>', 'Which shell.').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell) => terminal.out(SHELL_SCRIPTS[shell]))
  program
    .command(COMPLETE_COMMAND, { hidden: true })
    .argument('[words...]')
    // The words are another command line, with options of their own.
    .allowUnknownOption()
    .helpOption(false)
    .action(async (words: readonly string[]) => {
      const found = await candidates(program, words, namesOfGateway(env))
      for (const { word, description } of found) terminal.out(`${word}\t${description}\n`)
    })
}

const EXAMPLES = `
Examples:
  eval "$(canary completion bash)"      in ~/.bashrc
  eval "$(canary completion zsh)"       in ~/.zshrc, behind compinit
  canary completion fish > ~/.config/fish/completions/canary.fish`
