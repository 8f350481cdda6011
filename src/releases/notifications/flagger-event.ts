import type { NoticeMessage, ToldRelease } from './notice-message.ts'
import { headlineOf, isWarning } from './notice-text.ts'

/** Flagger's event (webhook of type event), with our fields beside its own. */
export function flaggerEvent(message: NoticeMessage): object {
  const { notice, release, reason, actor, numbers, links, atMs } = message
  const headline = headlineOf(message)
  return {
    ...flaggerRelease(release),
    metadata: {
      eventMessage: reason === null ? headline : `${headline}: ${reason}`,
      eventType: isWarning(notice) ? 'Warning' : 'Normal',
      timestamp: String(atMs),
    },
    notice,
    ...releaseFields(release),
    reason,
    actor,
    measured:
      numbers === null
        ? null
        : { primary: sideFields(numbers.primary), canary: sideFields(numbers.canary) },
    links,
  }
}

/** The fields by which servers written for Flagger know a release. */
export function flaggerRelease({ name, service, phase, checksum }: ToldRelease) {
  return { name, namespace: service, phase, checksum }
}

/** Our fields of a release, in events and in questions to gates. */
export function releaseFields({ id, service, step, sharePercent, groups }: ToldRelease) {
  return { release_id: id, service, step, weight: sharePercent, groups }
}

function sideFields({
  requests,
  errorRate,
  p99Ms,
}: NonNullable<NoticeMessage['numbers']>['canary']) {
  return { requests, error_rate: errorRate, p99_ms: p99Ms }
}
