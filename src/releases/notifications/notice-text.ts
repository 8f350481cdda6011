import type { Notice } from '../document/notification.ts'
import type { NoticeLinks, NoticeMessage, SideNumbers } from './notice-message.ts'

/** What all formats say, before they say it in their own way. */
export interface NoticeText {
  readonly headline: string
  readonly isWarning: boolean
  /** Why; null when nobody said. */
  readonly reason: string | null
  readonly facts: readonly { readonly title: string; readonly value: string }[]
  readonly links: readonly { readonly title: string; readonly url: string }[]
}

/** The message in words for people: what happened, why, the numbers, who, and what can be done. */
export function noticeText(message: NoticeMessage): NoticeText {
  return {
    headline: headlineOf(message),
    isWarning: isWarning(message.notice),
    reason: message.reason,
    facts: factsOf(message),
    links: linksOf(message.links),
  }
}

const WARNINGS: ReadonlySet<Notice> = new Set(['paused', 'rollback', 'failed'])

/** Flagger's eventType Warning. */
export function isWarning(notice: Notice): boolean {
  return WARNINGS.has(notice)
}

const HAPPENED: Readonly<Record<Exclude<Notice, 'step'>, string>> = {
  created: 'is created',
  started: 'has started',
  waiting: 'is waiting',
  paused: 'is paused',
  resumed: 'goes on',
  rollback: 'is rolled back',
  succeeded: 'has succeeded',
  failed: 'has failed',
}

/** One sentence without its full stop. */
export function headlineOf({ notice, release }: NoticeMessage): string {
  const { name, service, step } = release
  const subject = `Release ${name} of ${service}`
  if (notice !== 'step') return `${subject} ${HAPPENED[notice]}`
  return step === null
    ? `${subject} has reached its next step`
    : `${subject} has reached step ${step.index} of ${step.count}: ${step.name}`
}

function factsOf({ release, actor, numbers }: NoticeMessage): NoticeText['facts'] {
  const { step, sharePercent, groups } = release
  const facts = [{ title: 'Share of the canary', value: `${sharePercent} %` }]
  if (groups.length > 0) facts.push({ title: 'Groups on the canary', value: groups.join(', ') })
  if (step !== null) {
    facts.push({ title: 'Step', value: `${step.index} of ${step.count}: ${step.name}` })
  }
  if (numbers !== null) {
    facts.push({ title: 'Canary, last minute', value: sideText(numbers.canary) })
    facts.push({ title: 'Primary, last minute', value: sideText(numbers.primary) })
  }
  facts.push({ title: 'By', value: actor ?? 'the gateway' })
  return facts
}

/** `1204 requests, 0.42 % errors, p99 87 ms`. */
export function sideText({ requests, errorRate, p99Ms }: SideNumbers): string {
  if (requests === 0) return 'no requests'
  const parts = [`${requests} request${requests === 1 ? '' : 's'}`]
  if (errorRate !== null) parts.push(`${Number((errorRate * 100).toFixed(2))} % errors`)
  if (p99Ms !== null) parts.push(`p99 ${Math.round(p99Ms)} ms`)
  return parts.join(', ')
}

function linksOf({ approve, reject, rollback }: NoticeLinks): NoticeText['links'] {
  const all = [
    { title: 'Approve', url: approve },
    { title: 'Reject', url: reject },
    { title: 'Roll back', url: rollback },
  ]
  return all.flatMap(({ title, url }) => (url === null ? [] : [{ title, url }]))
}
