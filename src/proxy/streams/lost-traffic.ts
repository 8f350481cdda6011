import { sideWithoutTraffic } from '../../variants/side-without-traffic.ts'
import type { RoutePlan } from '../route-plan.ts'
import type { SplitPlan } from '../split-plan.ts'
import { destinationOf } from '../variant-plan.ts'
import type { OpenStream } from './open-streams.ts'

/** What requests like the one that began a stream are served by now. */
export interface PresentPlans {
  readonly plan: RoutePlan
  /** The traffic-split in force for the caller. */
  readonly split: SplitPlan | null
}

/**
 * Whether no new request gets to where a stream is, at `now` (epoch milliseconds). A canary that was made the primary
 * of its service serves on, under the other name, and so does an upstream that another item of a traffic-split leads to.
 */
export function hasLostTraffic(stream: OpenStream, present: PresentPlans, now: number): boolean {
  const { service } = present.plan
  if (service === null) return false
  const { decision } = stream
  return decision.rule === 'traffic-split'
    ? !isReached(stream, present, now)
    : hasLostShare(stream, present.plan, now)
}

function isReached({ variant }: OpenStream, { plan, split }: PresentPlans, now: number): boolean {
  const destination = destinationOf(variant)
  if (split?.reached.has(destination) || plan.service === null) return true
  const { primary, canary } = plan.service
  const lost = sideWithoutTraffic(plan.canary, 'hash', now)
  return (
    (lost !== 'primary' && destination === destinationOf(primary)) ||
    (lost !== 'canary' && destination === destinationOf(canary))
  )
}

function hasLostShare({ decision, variant }: OpenStream, plan: RoutePlan, now: number): boolean {
  if (sideWithoutTraffic(plan.canary, decision.rule, now) !== decision.variant) return false
  if (plan.service === null) return false
  const { primary, canary } = plan.service
  const other = decision.variant === 'canary' ? primary : canary
  return destinationOf(variant) !== destinationOf(other)
}
