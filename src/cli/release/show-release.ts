import type { Paint } from '../text/colour.ts'
import { harmless } from '../text/fit.ts'
import { clock, percent, span } from '../text/numbers.ts'
import { eventLines } from './event-text.ts'
import { measuredLines } from './measured-lines.ts'
import { nextCommands } from './next-commands.ts'
import { phaseSign } from './phase-signs.ts'
import type { ReleaseAnswer } from './release-answer.ts'
import { stepNames } from './step-names.ts'

export interface ShowOptions {
  /** Epoch milliseconds. */
  readonly nowMs: number
  readonly paint: Paint
}

/** Where a release stands, in a few lines, and what can be done: after each command. */
export function standingLines(release: ReleaseAnswer, { nowMs, paint }: ShowOptions): string[] {
  const { text, colour } = phaseSign(release.phase)
  const why = release.reason === null ? '' : `: ${harmless(release.reason)}`
  const commands = nextCommands(release)
  return [
    `${paint(colour, text)}${why}`,
    ...[stepLine(release), nextLine(release, nowMs)].filter((line) => line !== null),
    ...unrecordedLines(release, paint),
    ...(commands.length === 0 ? [] : [`you can: ${commands.join(' | ')}`]),
  ]
}

/** All of a release, for `release get`. */
export function releaseLines(release: ReleaseAnswer, options: ShowOptions): string[] {
  const { nowMs, paint } = options
  const names = stepNames(release)
  const events = release.history ?? []
  return [
    `${paint('bold', harmless(release.name))}  service ${serviceName(release)}, ${release.strategy}, created by ${harmless(release.created_by)} at ${clock(release.created_at.epoch * 1000, nowMs)}`,
    ...standingLines(release, options),
    ...measuredLines(release.measured ?? null, paint),
    ...(events.length === 0 ? [] : ['events']),
    ...eventLines(events, nowMs, names).map((line) => `  ${line}`),
  ]
}

/** `step 3 of 6 (10 %), share 10 %, groups testers`. */
export function stepLine(release: ReleaseAnswer): string {
  return [stepPosition(release), ...trafficParts(release)].filter((part) => part !== '').join(', ')
}

/** `step 3 of 6 (10 %)`; empty before the first. */
export function stepPosition(release: ReleaseAnswer): string {
  const { step } = release
  if (step === null) return ''
  const name = harmless(stepNames(release)(step.index) ?? step.kind)
  return `step ${step.index} of ${step.count} (${name})`
}

/** `share 10 %`, `groups testers`, `header X-Preview`. */
export function trafficParts({
  share_percent: share,
  groups,
  preview_header: header,
}: ReleaseAnswer): string[] {
  return [
    `share ${percent(share)}`,
    ...(groups.length === 0 ? [] : [`groups ${harmless(groups.join(', '))}`]),
    ...(header === null ? [] : [`preview by ${harmless(header)}`]),
  ]
}

/** `next: step 4: 25 % in 4m 10s (14:05:10)`; null when nothing comes by itself. */
export function nextLine({ next, approvals }: ReleaseAnswer, nowMs: number): string | null {
  const said = approvals
    ? ` (${approvals.given.length} of ${approvals.needed} approvals${approvals.given.length === 0 ? '' : `: ${harmless(approvals.given.join(', '))}`})`
    : ''
  if (next === null) return said === '' ? null : `waiting for people${said}`
  const at = next.at === null ? null : next.at.epoch * 1000
  const when = at === null ? '' : ` in ${span(at - nowMs)} (${clock(at, nowMs)})`
  return `next: ${harmless(next.what)}${when}${said}`
}

export function serviceName({ service }: ReleaseAnswer): string {
  return harmless(service.name ?? service.id)
}

function unrecordedLines({ recorded }: ReleaseAnswer, paint: Paint): string[] {
  if (recorded) return []
  return [
    paint(
      'yellow',
      'in force, but not recorded yet: the gateway tries until the database takes it',
    ),
  ]
}
