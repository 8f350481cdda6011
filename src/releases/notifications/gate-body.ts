import type { GateQuestion } from '../engine/move.ts'
import { flaggerRelease, releaseFields } from './flagger-event.ts'
import type { NoticeLinks, ToldRelease } from './notice-message.ts'

/** What a gate is asked, as JSON: Flagger's fields, and ours beside them. */
export function gateBody(
  { name, phase }: Pick<GateQuestion, 'name' | 'phase'>,
  release: ToldRelease,
  { reason, links }: { readonly reason: string | null; readonly links: NoticeLinks },
): string {
  return JSON.stringify({
    ...flaggerRelease({ ...release, phase }),
    metadata: { gate: name },
    ...releaseFields(release),
    reason,
    links,
  })
}
