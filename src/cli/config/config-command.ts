import { Command } from 'commander'
import { type AdminOptions, addAdminOptions, adminAddress } from '../admin/admin-options.ts'
import { Exit } from '../exit.ts'
import type { Environment } from '../settings-environment.ts'
import type { Terminal } from '../terminal.ts'
import {
  applyAndWatch,
  applyFile,
  type ConfigContext,
  diffFile,
  dumpTo,
  validateFile,
} from './commands.ts'

export interface ConfigParts {
  readonly env: Environment
  readonly terminal: Terminal
}

/** Options that every subcommand has. */
interface CommonOptions extends AdminOptions {
  readonly selectTag: readonly string[]
}

/** `canary config …`: declarative files, by the Admin API of a gateway. */
export function createConfigCommand({ env, terminal }: ConfigParts): Command {
  const contextOf = (options: CommonOptions): ConfigContext => ({
    address: adminAddress(options, env, terminal),
    selectTags: options.selectTag,
    terminal,
  })
  const config = new Command('config').description(
    'Validate, compare, apply and dump declarative files in decK form.',
  )
  config.addCommand(
    subcommand('validate', 'Say what is wrong with a file; needs no gateway.')
      .argument('<file>', 'YAML or JSON; - for standard input.')
      .option('--online', 'Ask the gateway too: references, unique values.')
      .action((file: string, options: CommonOptions & { readonly online?: boolean }) =>
        validateFile(contextOf(options), file, options.online ?? false),
      ),
  )
  config.addCommand(
    subcommand('diff', 'Show what applying a file would change; exit code 2 when it is anything.')
      .argument('<file>', 'YAML or JSON; - for standard input.')
      .action((file: string, options: CommonOptions) => diffFile(contextOf(options), file)),
  )
  config.addCommand(
    subcommand('apply', 'Make the configuration what a file says, all of it or nothing.')
      .argument('<file>', 'YAML or JSON; - for standard input.')
      .option('--watch', 'Apply it again whenever it changes, until Ctrl-C.')
      .action((file: string, options: CommonOptions & { readonly watch?: boolean }) =>
        (options.watch ? applyAndWatch : applyFile)(contextOf(options), file),
      ),
  )
  config.addCommand(
    subcommand('dump', 'Write the configuration, credentials among it, as a file.')
      .argument('[file]', 'Where to; JSON when it ends in .json. Default: standard output.')
      .option('--output <file>', 'The same as the argument.')
      .action((file: string | undefined, options: CommonOptions & { readonly output?: string }) =>
        dumpTo(contextOf(options), options.output ?? file),
      ),
  )
  return config
}

/** Exit code 2 says that there is a difference, so that a wrong command line is 1 here. */
function subcommand(name: string, description: string): Command {
  return addAdminOptions(new Command(name))
    .description(description)
    .allowExcessArguments(false)
    .option(
      '--select-tag <tag>',
      'Only what has this tag; may be repeated, and is added to what the file has.',
      (tag: string, tags: readonly string[]) => [...tags, tag],
      [] as readonly string[],
    )
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : new Exit(1)
    })
}
