import { type Command, InvalidArgumentError, Option } from 'commander'
import { percentage } from '../../releases/document/percentage.ts'
import { addCommand, type CommandParts, type CommonOptions, contextOf } from '../release/context.ts'
import type { ReasonOption } from '../release/verb-commands.ts'
import { rollBackService, setShare } from './set-share.ts'
import { explain, type WhyQuestion } from './why.ts'

interface ShareFlags extends CommonOptions {
  readonly upstreamHost?: string
  readonly upstreamPort?: number
  readonly upstreamUri?: string
  readonly hash?: string
}

/** `canary share`, `flip`, `rollback` and `why`: what concerns one service, with or without a release. */
export function addServiceCommands(program: Command, parts: CommandParts): void {
  withUpstream(
    addCommand(program, 'share <service>', {
      summary: 'Set the share of the new version by hand, without a release.',
      examples: ['share shop 5%', 'share shop 5% --upstream-host shop.v2 --upstream-port 80'],
    }).argument('<percent>', '0 to 100, as fine as 0.001; with or without %.', sharePercent),
  ).action((service: string, percent: number, options: ShareFlags) =>
    setShare(contextOf(parts, options), { service, percent, ...options }),
  )
  withUpstream(
    addCommand(program, 'flip <service>', {
      summary: 'Everybody to the new version at once, without a release.',
      examples: ['flip shop'],
    }),
  ).action((service: string, options: ShareFlags) =>
    setShare(contextOf(parts, options), { service, percent: 100, ...options }),
  )
  addCommand(program, 'rollback <service>', {
    summary:
      'Everybody back to the old version: by the live release, or by hand where there is none.',
    examples: ['rollback shop --reason "errors in checkout"'],
  })
    .option('--reason <text>', 'Why, for the record.')
    .action((service: string, options: ReasonOption) =>
      rollBackService(contextOf(parts, options), { service, reason: options.reason }),
    )
  addWhyCommand(program, parts)
}

function addWhyCommand(program: Command, parts: CommandParts): void {
  addCommand(program, 'why <service>', {
    summary: 'Why somebody gets the old or the new version.',
    examples: [
      'why shop --consumer tina',
      "why shop --header 'X-User: emma'",
      'why shop --ip 10.1.2.3',
    ],
  })
    .option('--consumer <consumer>', 'Username or id.')
    .option('--ip <address>', 'Address of the client.')
    .option(
      '--header <header>',
      'Value of the header that is hashed, or name:value; may be repeated.',
      (one: string, others: readonly string[] = []) => [...others, one],
    )
    .option('--cookie <cookie>', 'Value of the cookie that is hashed, or name=value.')
    .option('--route <route>', 'Name or id; routes may have a canary of their own.')
    .action((service: string, options: CommonOptions & WhyQuestion) => {
      const { consumer, ip, header, cookie, route } = options
      const question = { consumer, ip, header, cookie, route } as WhyQuestion
      return explain(contextOf(parts, options), { service, question })
    })
}

function withUpstream(command: Command): Command {
  return command
    .option('--upstream-host <host>', 'Where the new version is.')
    .option('--upstream-port <port>', 'Its port.', Number)
    .option('--upstream-uri <path>', 'Path in place of the path of the service.')
    .addOption(
      new Option('--hash <by>', 'What keeps a client on its side.').choices([
        'consumer',
        'ip',
        'none',
      ]),
    )
}

function sharePercent(given: string): number {
  const text = given.replace(/ ?%$/, '')
  const read = /^\d+(\.\d+)?$/.test(text) ? percentage().safeParse(Number(text)) : null
  if (read?.success) return read.data
  const allowed = read?.error?.issues[0]?.message
  throw new InvalidArgumentError(allowed ?? 'give 0 to 100, such as 5% or 0.5.')
}
