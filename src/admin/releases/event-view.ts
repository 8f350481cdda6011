import { withoutSecrets } from '../../releases/document/without-secrets.ts'
import type { ReleaseHappening } from '../../releases/state/release-event.ts'
import type { StoredReleaseEvent } from '../../store/releases/release-store.ts'
import { momentAt } from '../canary/moment.ts'

/** An event as people see it; steps count from 1. */
export function eventView({ sequence, atMs, actor, reason, happening }: StoredReleaseEvent) {
  return {
    sequence,
    at: momentAt(atMs),
    actor,
    reason,
    type: happening.type,
    ...fieldsOf(happening),
  }
}

function fieldsOf(happening: ReleaseHappening): Readonly<Record<string, unknown>> {
  switch (happening.type) {
    case 'created':
      return {
        service_id: happening.serviceId,
        document: withoutSecrets(happening.document),
      }
    case 'started':
    case 'resumed':
    case 'retried':
      return { service: happening.service }
    case 'step-started':
    case 'step-done':
    case 'approved':
    case 'rejected':
    case 'approval-expired':
    case 'advanced':
    case 'jumped':
      return { step: happening.step + 1 }
    case 'traffic-set': {
      const { percentage, groups, previewHeader } = happening.traffic
      return { share_percent: percentage, groups, preview_header: previewHeader }
    }
    case 'gate-passed':
    case 'gate-refused': {
      const { gate, detail, answeredAtMs } = happening
      return { gate, detail, answered_at: momentAt(answeredAtMs) }
    }
    case 'paused':
      return { cause: happening.cause }
    case 'superseded':
      return { by: happening.by }
    case 'baking':
    case 'promoting':
    case 'succeeded':
    case 'rollback-started':
    case 'rolled-back':
    case 'failed':
      return {}
  }
}
