import { harmless } from '../text/fit.ts'
import { clock, percent } from '../text/numbers.ts'
import type { EventAnswer } from './release-answer.ts'

const GATEWAY = 'gateway'

/** Names of steps by their number from 1 on, as far as they are known. */
export type StepNames = (index: number) => string | null

/** One line: `14:01:10  anna  paused: waiting for the database team`; who is left out where the release did it itself. */
export function eventLine(event: EventAnswer, nowMs: number, nameOf: StepNames): string {
  const who = event.actor === GATEWAY ? '' : `${harmless(event.actor)}  `
  const why = event.reason === null ? '' : `: ${harmless(event.reason)}`
  return `${clock(event.at.epoch * 1000, nowMs)}  ${who}${happening(event, nameOf)}${why}`
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
      return trafficText(event.traffic)
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
  return Math.max(0, ...events.map(({ traffic }) => percentageIn(traffic) ?? 0))
}

function stepText(step: unknown, nameOf: StepNames): string {
  if (typeof step !== 'number') return 'step'
  const name = nameOf(step)
  return name === null ? `step ${step}` : `step ${step} (${harmless(name)})`
}

function trafficText(traffic: unknown): string {
  const share = percentageIn(traffic)
  if (share === null) return 'traffic set'
  const { groups, preview_header: header } = traffic as {
    readonly groups?: unknown
    readonly preview_header?: unknown
  }
  const also = [
    Array.isArray(groups) && groups.length > 0 ? `groups ${groups.map(text).join(', ')}` : '',
    typeof header === 'string' ? `header ${text(header)}` : '',
  ].filter((part) => part !== '')
  return [`share ${percent(share)}`, ...also].join(', ')
}

function percentageIn(traffic: unknown): number | null {
  if (typeof traffic !== 'object' || traffic === null || !('percentage' in traffic)) return null
  return typeof traffic.percentage === 'number' ? traffic.percentage : null
}

function text(value: unknown): string {
  return harmless(String(value))
}
