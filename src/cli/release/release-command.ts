import { type Command, InvalidArgumentError, Option } from 'commander'
import { durationMs, durationText } from '../../releases/document/duration-text.ts'
import { PHASES } from '../../releases/state/phase.ts'
import {
  addCommand,
  type CommandParts,
  type CommonOptions,
  contextOf,
  wholeNumber,
} from './context.ts'
import { createRelease } from './create-release.ts'
import { addGatewayCommands } from './gateway-commands.ts'
import { showHistory } from './history.ts'
import { listReleases } from './list-releases.ts'
import { getRelease, showEvents } from './look.ts'
import { planRelease } from './plan-release.ts'
import { showDeliveries } from './show-deliveries.ts'
import { addVerbCommands } from './verb-commands.ts'
import { watchRelease } from './watch/watch-release.ts'

const MOST = 100

/** `canary release …`: releases, by the Admin API of a gateway. */
export function addReleaseCommand(program: Command, parts: CommandParts): void {
  const release = program
    .command('release')
    .description('Roll a new version out step by step: create, watch, pause, resume, roll back.')
    .showHelpAfterError('(see --help)')
  addFileCommands(release, parts)
  addLookCommands(release, parts)
  addWatchCommand(release, parts)
  addVerbCommands(release, parts)
  addGatewayCommands(release, parts)
}

function addFileCommands(release: Command, parts: CommandParts): void {
  const file = () =>
    new Option('-f, --file <file>', 'YAML or JSON; - for standard input.').makeOptionMandatory()
  addCommand(release, 'create', {
    summary: 'Create a release from a file; it begins as its `start` says.',
    examples: ['release create -f shop-v2.yaml', 'release create -f - --supersede < shop-v2.yaml'],
  })
    .addOption(file())
    .option('--supersede', 'End the live release of the service first, with its traffic at 0 %.')
    .action((options: CommonOptions & { readonly file: string; readonly supersede?: boolean }) =>
      createRelease(contextOf(parts, options), {
        file: options.file,
        isSupersede: options.supersede ?? false,
      }),
    )
  addCommand(release, 'plan', {
    summary: 'Show what a file would do and when, without starting anything.',
    examples: ['release plan -f shop-v2.yaml', 'release plan -f shop-v2.yaml --json'],
  })
    .addOption(file())
    .action((options: CommonOptions & { readonly file: string }) =>
      planRelease(contextOf(parts, options), options.file),
    )
}

interface LimitOption extends CommonOptions {
  readonly limit: number
}

function addLookCommands(release: Command, parts: CommandParts): void {
  addCommand(release, 'list', {
    summary: 'List releases.',
    examples: ['release list', 'release list --service shop --phase paused'],
  })
    .option('--service <service>', 'Only those of this service.')
    .addOption(new Option('--phase <phase>', 'Only those in this phase.').choices(PHASES))
    .option('--limit <n>', 'At most so many.', wholeNumber, MOST)
    .action((options: LimitOption & { readonly service?: string; readonly phase?: string }) =>
      listReleases(contextOf(parts, options), {
        service: options.service,
        phase: options.phase,
        most: options.limit,
      }),
    )
  addCommand(release, 'get <release>', {
    summary: 'Show where a release stands, its numbers and its history.',
    examples: ['release get shop-v2'],
  }).action((name: string, options: CommonOptions) => getRelease(contextOf(parts, options), name))
  addCommand(release, 'events <release>', {
    summary: 'Who did what with a release, and why.',
    examples: ['release events shop-v2'],
  })
    .option('--limit <n>', 'At most so many.', wholeNumber, MOST)
    .action((name: string, options: LimitOption) =>
      showEvents(contextOf(parts, options), { release: name, most: options.limit }),
    )
  addCommand(release, 'deliveries <release>', {
    summary: 'What gates and chats were told, and what they answered.',
    examples: ['release deliveries shop-v2'],
  })
    .option('--limit <n>', 'At most so many.', wholeNumber, MOST)
    .action((name: string, options: LimitOption) =>
      showDeliveries(contextOf(parts, options), { release: name, most: options.limit }),
    )
  addCommand(release, 'history <service>', {
    summary: 'How the releases of a service ended, how long they took, how far they came.',
    examples: ['release history shop'],
  })
    .option('--limit <n>', 'At most so many.', wholeNumber, 20)
    .action((service: string, options: LimitOption) =>
      showHistory(contextOf(parts, options), { service, most: options.limit }),
    )
}

function addWatchCommand(release: Command, parts: CommandParts): void {
  addCommand(release, 'watch <release>', {
    summary:
      'Watch a release until it has ended: exit code 0 succeeded, 1 ended otherwise, 124 timeout, 130 Ctrl-C.',
    examples: ['release watch shop-v2', 'release watch shop-v2 --timeout 30m --json'],
  })
    .option('--timeout <duration>', 'Stop watching after so long, for example 30m.', duration)
    .action((name: string, options: CommonOptions & { readonly timeout?: number }) =>
      watchRelease(contextOf(parts, options), {
        release: name,
        timeoutMs: options.timeout ?? null,
      }),
    )
}

/** Node.js waits at most so long with one timer. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

function duration(given: string): number {
  const read = durationText().safeParse(given)
  if (!read.success) throw new InvalidArgumentError(read.error.issues[0]?.message ?? '')
  const ms = durationMs(given)
  if (ms < 1 || ms > LONGEST_TIMEOUT_MS) throw new InvalidArgumentError('give 1ms to 24d.')
  return ms
}
