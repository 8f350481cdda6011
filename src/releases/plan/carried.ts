import type { Traffic } from '../state/traffic.ts'
import type { PlanSurroundings } from './plan-surroundings.ts'
import type { TimelineRow } from './timeline.ts'

const HOUR_MS = 3_600_000

type Known = Pick<PlanSurroundings, 'traffic' | 'groupMembers'>

/** Requests that the canary gets in a row, when traffic stays what it was in the last hour; null: not known. */
export function requestsCarried(row: TimelineRow, known: Known): number | null {
  if (known.traffic === null || row.endsMs === null) return null
  const { requestsPerHour } = known.traffic
  const ends = [...row.shares.slice(1).map(({ fromMs }) => fromMs), row.endsMs]
  const sum = row.shares.reduce((carried, { fromMs, traffic }, i) => {
    return carried + fractionOf(traffic, known) * ((ends[i] ?? fromMs) - fromMs)
  }, 0)
  return Math.round((sum * requestsPerHour) / HOUR_MS)
}

/** Consumers on the canary at the end of a row, of those that were seen in the last hour; null: not known. */
export function consumersCarried({ traffic }: TimelineRow, known: Known): number | null {
  const consumers = known.traffic?.consumersPerHour ?? null
  return consumers === null ? null : Math.round(consumers * fractionOf(traffic, known))
}

/** 0 to 1. Members of groups count as consumers like all others; those that choose by a header do not count. */
function fractionOf({ percentage, groups }: Traffic, { traffic, groupMembers }: Known): number {
  const share = percentage / 100
  const consumers = traffic?.consumersPerHour ?? 0
  if (consumers === 0) return share
  const members = groups.reduce((sum, group) => sum + (groupMembers.get(group) ?? 0), 0)
  return share + (1 - share) * Math.min(1, members / consumers)
}
