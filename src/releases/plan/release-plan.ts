import { z } from 'zod'

const moment = () => z.object({ at: z.string(), epoch: z.number() })

export const PLAN_ROW = z.object({
  /** Of the step, from 1; null for what comes behind the last. */
  index: z.number().nullable(),
  name: z.string(),
  /** What a step does (percentage, groups, …); behind the last: bake or finish (to 100 %, without a bake), end. */
  kind: z.string(),
  begins_at: moment(),
  /** When what comes next begins; null: not in sight. */
  ends_at: moment().nullable(),
  /** What is reached at its end, in percent. */
  share_percent: z.number(),
  groups: z.array(z.string()),
  preview_header: z.string().nullable(),
  /** That the canary would get, by the traffic of the last hour; null when that is not known. */
  requests: z.number().nullable(),
  /** On the canary at its end; null when that is not known. */
  consumers: z.number().nullable(),
  /** What holds it up before it begins, or on its way. */
  waits: z.array(
    z.object({
      for: z.enum(['window', 'freeze']),
      reason: z.string(),
      from: moment(),
      until: moment().nullable(),
    }),
  ),
})

/** What `POST /releases/plan` answers, and `canary release plan` shows. */
export const RELEASE_PLAN = z.object({
  name: z.string(),
  service: z.object({ id: z.string(), name: z.string().nullable() }),
  begins_at: moment(),
  /** Null when the end is not in sight. */
  ends_at: moment().nullable(),
  /** Of the last hour, by which the rows reckon; null when it is not known. */
  traffic: z
    .object({ requests_per_hour: z.number(), consumers_per_hour: z.number().nullable() })
    .nullable(),
  steps: z.array(PLAN_ROW),
  /** What will hurt, in sentences. */
  warnings: z.array(z.string()),
  /** What the plan takes for granted, in sentences. */
  assumptions: z.array(z.string()),
})

export type ReleasePlan = z.infer<typeof RELEASE_PLAN>
export type PlanRow = z.infer<typeof PLAN_ROW>
export type PlanMoment = PlanRow['begins_at']
