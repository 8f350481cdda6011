import type { Notice } from '../document/notification.ts'
import type { Release } from '../document/release.ts'
import type { ReleaseHappening } from '../state/release-event.ts'

/** What people are told of a happening; null when it is too small, or another one of the same moment says it. */
export function noticeOf(release: Release, happening: ReleaseHappening): Notice | null {
  switch (happening.type) {
    case 'created':
      return 'created'
    case 'started':
    case 'retried':
      return 'started'
    case 'step-started':
    case 'baking':
    case 'promoting':
      return 'step'
    case 'gate-refused':
      return isWaitedFor(release, happening.gate) ? 'waiting' : null
    case 'paused':
      return 'paused'
    case 'resumed':
      return 'resumed'
    case 'rollback-started':
      return 'rollback'
    case 'succeeded':
      return 'succeeded'
    case 'failed':
    case 'superseded':
      return 'failed'
    case 'traffic-set':
    case 'step-done':
    case 'approved':
    case 'rejected':
    case 'approval-expired':
    case 'gate-passed':
    case 'advanced':
    case 'jumped':
    case 'rolled-back':
      return null
  }
}

/** The refusals of some gates are only counted, or logged. */
function isWaitedFor({ gates }: Release, name: string): boolean {
  const type = gates.find((gate) => gate.name === name)?.type
  return type !== 'rollout' && type !== 'post-rollout'
}
