import type { HealthState } from '../balancing/health/health-state.ts'
import type { Decision, SplitDecision } from '../model/decision.ts'
import type { Draws } from '../model/draws.ts'
import { decideSplit } from '../variants/decide-split.ts'
import { decideVariant } from '../variants/decide-variant.ts'
import type { RequestFacts } from '../variants/expressions/request-facts.ts'
import type { RoutePlan, ServicePlan } from './route-plan.ts'
import type { SplitPlan } from './split-plan.ts'
import type { VariantPlan } from './variant-plan.ts'

/** What the choice of a variant depends on beside snapshot and request. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number
  readonly draws: Draws
  readonly health: Pick<HealthState, 'canServe'>
}

export interface VariantChoice {
  readonly decision: Decision
  /** What a traffic-split decided; null when none of its rules applied. */
  readonly split: SplitDecision | null
  readonly variant: VariantPlan
  /** Field that tells client and upstream the variant; null without a canary or when it is turned off. */
  readonly variantField: readonly [string, string] | null
  /** Sticky cookies that the answer must set, because the request came without them. */
  readonly issueCookies: readonly VariantCookie[]
}

interface VariantCookie {
  readonly name: string
  readonly value: string
}

/**
 * The variant that serves a request: what a traffic-split chose; when no rule of it applied, or the item means the
 * service's own upstream, what the canary plugin says. So go their priorities, 966 and 20.
 */
export function chooseVariant(
  { plan, service, split }: VariantPlans,
  facts: RequestFacts,
  moment: Moment,
): VariantChoice {
  const chosen = split === null ? null : decideSplit(split.compiled, facts, moment.draws)
  if (split === null || chosen === null) {
    return withCanary({ plan, service, split: null }, facts, moment)
  }
  const destination = split.destinations.get(chosen.item)
  if (destination === undefined) {
    return withCanary({ plan, service, split: chosen.decision }, facts, moment)
  }
  const { issueCookie, pluginId } = chosen.decision
  const { variant } = destination
  return {
    decision: { variant, rule: 'traffic-split', pluginId, hash: null, issueCookie },
    split: chosen.decision,
    variant: destination.plan,
    variantField: fieldOf(plan, variant),
    issueCookies: issueCookie === null ? NO_COOKIES : [issueCookie],
  }
}

/** What there is to choose from. */
export interface VariantPlans {
  readonly plan: RoutePlan
  readonly service: ServicePlan
  /** The one in force for the caller. */
  readonly split: SplitPlan | null
}

const NO_COOKIES: readonly VariantCookie[] = []

function withCanary(
  { plan, service, split }: Omit<VariantPlans, 'split'> & Pick<VariantChoice, 'split'>,
  { request, identity }: RequestFacts,
  moment: Moment,
): VariantChoice {
  const issued = split?.issueCookie ?? null
  const decision = decideVariant(
    plan.canary,
    {
      request,
      identity,
      serviceId: service.service.id,
      isCanaryUsable: isUsable(service.canary, moment),
    },
    moment.now,
    issued === null ? moment.draws : repeating(issued.value, moment.draws),
  )
  const { variant } = decision
  return {
    decision,
    split,
    variant: variant === 'canary' ? service.canary : service.primary,
    variantField: fieldOf(plan, variant),
    issueCookies: distinctCookies(issued, decision.issueCookie),
  }
}

/** Both plugins may keep clients by one cookie: it gets one value. */
function repeating(value: string, draws: Draws): Draws {
  return { uuid: () => value, nextInCycle: (name) => draws.nextInCycle(name) }
}

function distinctCookies(
  ofSplit: VariantCookie | null,
  ofCanary: VariantCookie | null,
): readonly VariantCookie[] {
  if (ofSplit === null) return ofCanary === null ? NO_COOKIES : [ofCanary]
  return ofCanary === null || ofCanary.name === ofSplit.name ? [ofSplit] : [ofSplit, ofCanary]
}

function fieldOf({ canary }: RoutePlan, variant: string): VariantChoice['variantField'] {
  return canary?.variantHeader ? [canary.variantHeader, variant] : null
}

/** A canary that is no upstream entity has no targets to run out of. */
function isUsable({ balancing }: VariantPlan, { health, now }: Moment): boolean {
  return balancing.kind === 'host' || health.canServe(balancing.upstream, now)
}
