import { harmless } from '../text/fit.ts'
import { clock, percent } from '../text/numbers.ts'
import type { EventAnswer } from './release-answer.ts'

const GATEWAY = 'gateway'

/** Names of steps by their number from 1 on, as far as they are known. */
export type StepNames = (index: number) => string | null

/**
 * One line each: `14:01:10  anna  paused: waiting for the database team`. Who is left out where the release did it by
 * itself, and the reason where it stands on the line before.
 */
export function eventLines(
  events: readonly EventAnswer[],
  nowMs: number,
  nameOf: StepNames,
): string[] {
  return events.map((event, n) => {
    const who = event.actor === GATEWAY ? '' : `${harmless(event.actor)}  `
    const isNew = event.reason !== null && event.reason !== events[n - 1]?.reason
    const why = isNew ? `: ${harmless(event.reason ?? '')}` : ''
    return `${clock(event.at.epoch * 1000, nowMs)}  ${who}${happening(event, nameOf)}${why}`
  })
}

/** What happened, in words; the type as it is for one that is not known here. */
export function happening(event: EventAnswer, nameOf: StepNames): string {
  const step = () => stepText(event.step, nameOf)
  switch (event.type) {
    case 'step-started':
      return `${step()} begins`
    case 'step-done':
      return `${step()} is done`
    case 'traffic-set':
      return trafficText(event)
    case 'approval-expired':
      return `nobody decided in time about ${step()}`
    case 'approved':
    case 'rejected':
    case 'advanced':
      return `${event.type} ${step()}`
    case 'jumped':
      return `jumped to ${step()}`
    case 'gate-passed':
      return `gate ${text(event.gate)} says yes`
    case 'gate-refused':
      return `gate ${text(event.gate)} says no${event.detail ? ` (${text(event.detail)})` : ''}`
    case 'paused':
      return event.cause === 'requested' ? 'paused' : `paused (${text(event.cause)})`
    case 'superseded':
      return `superseded by ${text(event.by)}`
    case 'baking':
      return 'all steps are done, baking'
    case 'rollback-started':
      return 'rolling back'
    default:
      return event.type.replaceAll('-', ' ')
  }
}

/** The highest share that the events set, in percent; 0 without one. */
export function highestShare(events: readonly EventAnswer[]): number {
  return Math.max(0, ...events.map((event) => shareIn(event) ?? 0))
}

function stepText(step: unknown, nameOf: StepNames): string {
  if (typeof step !== 'number') return 'step'
  const name = nameOf(step)
  return name === null ? `step ${step}` : `step ${step} (${harmless(name)})`
}

function trafficText(event: EventAnswer): string {
  const { groups, preview_header: header } = event
  const share = shareIn(event)
  return [
    share === null ? 'traffic set' : `share ${percent(share)}`,
    ...(Array.isArray(groups) && groups.length > 0
      ? [`groups ${groups.map(text).join(', ')}`]
      : []),
    ...(typeof header === 'string' ? [`preview by ${text(header)}`] : []),
  ].join(', ')
}

function shareIn({ type, share_percent: share }: EventAnswer): number | null {
  return type === 'traffic-set' && typeof share === 'number' ? share : null
}

function text(value: unknown): string {
  return harmless(String(value))
}
