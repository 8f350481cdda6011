import { type CommandContext, print } from '../release/context.ts'
import { shellWord } from '../release/next-commands.ts'
import type { ReleaseAnswer } from '../release/release-answer.ts'
import { ask } from '../release/release-client.ts'
import { runVerb } from '../release/verbs.ts'
import { harmless } from '../text/fit.ts'
import { percent } from '../text/numbers.ts'
import { liveRelease, serviceCanary } from './service-canary.ts'
import { rollbackWrites, type ShareOptions, shareChange, type Write } from './share-change.ts'

/** `canary share` and `canary flip`: the share of a service without a release. Fails in words while there is one. */
export async function setShare(
  context: CommandContext,
  { service, ...options }: ShareOptions & { readonly service: string },
): Promise<void> {
  const live = await liveRelease(context.client, service)
  if (live !== null) throw new Error(heldBy(live, options.percent))
  const before = await serviceCanary(context.client, service)
  const change = shareChange(before, options)
  if (change.kind === 'refused') throw new Error(change.message)
  const body = await send(context, change.write)
  const was = before.share_percent === null ? 'by groups' : percent(before.share_percent)
  print(context, body, () => [
    `share of ${harmless(service)}: ${percent(options.percent)} (was ${was}), from the next request on`,
    ...change.notes,
    `you can: canary why ${shellWord(service)} --consumer NAME | canary rollback ${shellWord(service)}`,
  ])
}

/** `canary rollback`: everybody to the primary, by the release where there is a live one. */
export async function rollBackService(
  context: CommandContext,
  { service, reason }: { readonly service: string; readonly reason?: string | undefined },
): Promise<void> {
  const live = await liveRelease(context.client, service)
  if (live !== null) return runVerb(context, { verb: 'rollback', release: live.id, reason })
  const writes = rollbackWrites(await serviceCanary(context.client, service))
  const bodies: unknown[] = []
  for (const write of writes) bodies.push(await send(context, write))
  print(context, bodies, () => [
    writes.length === 0
      ? `nobody of ${harmless(service)} is on the canary; nothing was changed`
      : `everybody of ${harmless(service)} is on the primary, from the next request on`,
    `you can: canary share ${shellWord(service)} 5%`,
  ])
}

function send({ client }: CommandContext, { method, path, body }: Write): Promise<unknown> {
  return ask(client, path, { method, body })
}

function heldBy({ name, phase }: ReleaseAnswer, percentWanted: number): string {
  const command = (verb: string) => `canary release ${verb} ${shellWord(name)}`
  const instead =
    percentWanted === 100
      ? command('promote')
      : percentWanted === 0
        ? command('rollback')
        : `${command('jump')} STEP`
  return `release ${harmless(name)} (${phase}) moves the traffic of this service, and a share by hand would pause it\nuse it: ${instead}; or end it first: ${command('rollback')}`
}
