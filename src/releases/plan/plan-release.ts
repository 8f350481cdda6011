import { compileRelease } from '../document/compile-release.ts'
import type { ReleaseDocument } from '../document/release-document.ts'
import { compileSchedule } from '../schedule/compile-schedule.ts'
import { consumersCarried, requestsCarried } from './carried.ts'
import { type Forecast, forecast } from './forecast.ts'
import type { PlanSurroundings } from './plan-surroundings.ts'
import type { PlanMoment, PlanRow, ReleasePlan } from './release-plan.ts'
import { type TimelineRow, timelineOf } from './timeline.ts'
import { warningsOf } from './warnings.ts'

/**
 * When each step of a release would begin and end if it were created at `nowMs` (epoch milliseconds), what it would
 * carry, and what will hurt. Its own engine says so; gates and people are assumed to say yes at once.
 */
export function planRelease(
  document: ReleaseDocument,
  surroundings: PlanSurroundings,
  nowMs: number,
): ReleasePlan {
  const { service, traffic } = surroundings
  // No release has this id: nothing in a plan depends on it.
  const release = compileRelease('plan', service.id, document)
  const schedule = compileSchedule(document.windows, [...surroundings.freezes, ...document.freezes])
  const expected = forecast(release, schedule, { service, nowMs })
  const rows = timelineOf(release, expected)
  return {
    name: document.name,
    service: { id: service.id, name: service.name },
    begins_at: momentOf(startOf(expected) ?? nowMs),
    ends_at: endOf(rows),
    traffic: traffic && {
      requests_per_hour: traffic.requestsPerHour,
      consumers_per_hour: traffic.consumersPerHour,
    },
    steps: rows.map((row) => rowAnswer(row, surroundings)),
    warnings: warningsOf({ release, expected, rows, surroundings, nowMs }),
    assumptions: assumptionsOf(document, traffic !== null),
  }
}

function startOf({ events }: Forecast): number | null {
  return events.find(({ happening }) => happening.type === 'started')?.atMs ?? null
}

function endOf(rows: readonly TimelineRow[]): PlanMoment | null {
  const last = rows.at(-1)
  return last?.kind === 'end' ? momentOf(last.beginsMs) : null
}

function rowAnswer(row: TimelineRow, surroundings: PlanSurroundings): PlanRow {
  const { step, kind, name, beginsMs, endsMs, traffic, waits } = row
  return {
    index: step === null ? null : step + 1,
    name,
    kind,
    begins_at: momentOf(beginsMs),
    ends_at: endsMs === null ? null : momentOf(endsMs),
    share_percent: traffic.percentage,
    groups: [...traffic.groups],
    preview_header: traffic.previewHeader,
    requests: requestsCarried(row, surroundings),
    consumers: consumersCarried(row, surroundings),
    waits: waits.map(({ waitingFor, reason, fromMs, untilMs }) => ({
      for: waitingFor,
      reason,
      from: momentOf(fromMs),
      until: untilMs === null ? null : momentOf(untilMs),
    })),
  }
}

function assumptionsOf({ steps, gates, start }: ReleaseDocument, isTrafficKnown: boolean) {
  const asksPeople = steps.some(({ approval }) => approval !== null)
  const asksGates = gates.length > 0 || steps.some(({ gate }) => gate !== null)
  return [
    ...(start === 'never' ? ['it is started by hand now'] : []),
    ...(asksPeople ? ['people approve at once'] : []),
    ...(asksGates ? ['gates say yes at once'] : []),
    'the canary always has a healthy target',
    ...(isTrafficKnown ? ['traffic stays what it was in the last hour'] : []),
  ]
}

function momentOf(ms: number): PlanMoment {
  return { at: new Date(ms).toISOString(), epoch: ms / 1000 }
}
