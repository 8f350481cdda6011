import type { Command } from 'commander'
import { addCommand, type CommandParts, type CommonOptions, contextOf } from './context.ts'
import {
  addFreeze,
  type FreezeOptions,
  listFreezes,
  removeFreeze,
  resumeAll,
  stopAll,
} from './gateway-stop.ts'

/** What concerns all releases of the gateway: the stop and the freezes. */
export function addGatewayCommands(release: Command, parts: CommandParts): void {
  addCommand(release, 'stop-all', {
    summary: 'No release makes progress until resume-all; rollbacks work.',
    examples: ['release stop-all --reason "incident 42"'],
  })
    .requiredOption('--reason <text>', 'Why, for everybody who waits.')
    .action((options: CommonOptions & { readonly reason: string }) =>
      stopAll(contextOf(parts, options), options.reason),
    )
  addCommand(release, 'resume-all', {
    summary: 'Lift the stop.',
    examples: ['release resume-all --reason "incident 42 is over"'],
  })
    .option('--reason <text>', 'Why, for everybody who waited.')
    .action((options: CommonOptions & { readonly reason?: string }) =>
      resumeAll(contextOf(parts, options), options.reason),
    )
  addFreezeCommands(release, parts)
}

function addFreezeCommands(release: Command, parts: CommandParts): void {
  const freeze = release
    .command('freeze')
    .description('Times in which no release of the gateway makes progress.')
  addCommand(freeze, 'list', {
    summary: 'List freezes.',
    examples: ['release freeze list'],
  }).action((options: CommonOptions) => listFreezes(contextOf(parts, options)))
  addCommand(freeze, 'add', {
    summary: 'Add a freeze; rollbacks work in it.',
    examples: [
      'release freeze add --from 2026-12-23T00:00:00+01:00 --until 2027-01-04T06:00:00+01:00 --reason holidays',
    ],
  })
    .requiredOption('--from <moment>', 'When it begins, with offset.')
    .requiredOption('--until <moment>', 'When it ends, with offset.')
    .option('--reason <text>', 'Why, for everybody who waits.')
    .action((options: CommonOptions & FreezeOptions) =>
      addFreeze(contextOf(parts, options), options),
    )
  addCommand(freeze, 'remove <id>', {
    summary: 'Take a freeze away.',
    examples: ['release freeze remove 79ce922d-db1d-422a-99b9-45c885fc2378'],
  }).action((id: string, options: CommonOptions) => removeFreeze(contextOf(parts, options), id))
}
