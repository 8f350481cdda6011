import { createHash } from 'node:crypto'
import { outlookOf } from '../engine/outlook.ts'
import type { ToldRelease } from '../notifications/notice-message.ts'
import type { LiveRelease } from './live-release.ts'
import { AT_REST } from './standing.ts'

/** A release as gates and chats are told of it. `serviceName`: null for one that is gone. */
export function toldRelease(
  { stored, release, state }: LiveRelease,
  { serviceName, phase }: { readonly serviceName: string | null; readonly phase?: string },
): ToldRelease {
  const step = state.step === null ? undefined : release.steps[state.step.index]
  return {
    id: stored.id,
    name: stored.name,
    service: serviceName ?? stored.document.service,
    phase: phase ?? outlookOf(release, state, AT_REST).phase,
    checksum: createHash('sha256').update(JSON.stringify(stored.document)).digest('hex'),
    step:
      state.step === null || step === undefined
        ? null
        : { index: state.step.index + 1, count: release.steps.length, name: step.name },
    sharePercent: state.traffic.percentage,
    groups: state.traffic.groups,
  }
}
