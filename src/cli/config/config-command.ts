import { Command } from 'commander'
import { Exit } from '../exit.ts'
import type { Environment } from '../settings-environment.ts'
import {
  applyAndWatch,
  applyFile,
  type ConfigContext,
  diffFile,
  dumpTo,
  validateFile,
} from './commands.ts'
import type { Terminal } from './terminal.ts'

export interface ConfigParts {
  readonly env: Environment
  readonly terminal: Terminal
}

const DEFAULT_URL = 'http://127.0.0.1:8001'

/** Options that every subcommand has. */
interface CommonOptions {
  readonly adminUrl?: string
  readonly token?: string
  readonly selectTag: readonly string[]
}

/** `canary config …`: declarative files, by the Admin API of a gateway. */
export function createConfigCommand({ env, terminal }: ConfigParts): Command {
  const contextOf = ({ adminUrl, token, selectTag }: CommonOptions): ConfigContext => ({
    address: {
      url: adminUrl ?? env.CANARY_ADMIN_URL ?? DEFAULT_URL,
      token: token ?? env.CANARY_ADMIN_TOKEN ?? null,
    },
    selectTags: selectTag,
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
  return new Command(name)
    .description(description)
    .allowExcessArguments(false)
    .option(
      '--admin-url <url>',
      `Admin API of the gateway (default: CANARY_ADMIN_URL, else ${DEFAULT_URL}).`,
    )
    .option('--token <token>', 'Admin token (default: CANARY_ADMIN_TOKEN, which is not public).')
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
