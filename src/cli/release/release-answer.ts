import { z } from 'zod'
import { PHASES } from '../../releases/state/phase.ts'

/** An instant of the Admin API; `epoch` is in seconds. */
export const MOMENT = z.object({ at: z.string(), epoch: z.number() })

const SIDE = z.object({
  requests: z.number(),
  errors: z.number(),
  /** 0 to 1; null without requests. */
  error_rate: z.number().nullable(),
  p50_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
})

const EVENT = z.looseObject({
  sequence: z.number(),
  at: MOMENT,
  actor: z.string(),
  reason: z.string().nullable(),
  type: z.string(),
})

/** What steps are named by, of the document. */
const STEP = z.looseObject({ name: z.string().nullish() })

/** A release as the Admin API shows it (docs/adr/0010-releases.md). Fields that are not known yet are let pass. */
export const RELEASE_ANSWER = z.looseObject({
  id: z.string(),
  name: z.string(),
  service: z.object({ id: z.string(), name: z.string().nullable() }),
  strategy: z.string(),
  phase: z.enum(PHASES),
  reason: z.string().nullable(),
  pause_cause: z.string().nullable(),
  step: z
    .object({
      index: z.number(),
      count: z.number(),
      name: z.string().nullable(),
      kind: z.string(),
      hold_ends_at: MOMENT.nullable(),
    })
    .nullable(),
  share_percent: z.number(),
  groups: z.array(z.string()),
  preview_header: z.string().nullable(),
  waiting_for: z.string().nullable(),
  approvals: z.object({ needed: z.number(), given: z.array(z.string()) }).nullable(),
  next: z.object({ at: MOMENT.nullable(), what: z.string() }).nullable(),
  measured: z
    .object({
      window_seconds: z.number(),
      /** Share of the requests, where `share_percent` beside it is the share of the sticky keys. */
      share_percent: z.number().nullable(),
      primary: SIDE,
      canary: SIDE,
    })
    .nullish(),
  created_at: MOMENT,
  started_at: MOMENT.nullable(),
  ended_at: MOMENT.nullable(),
  created_by: z.string(),
  /** False while a rollback is in force that could not be written yet. */
  recorded: z.boolean(),
  history: z.array(EVENT).optional(),
  document: z.looseObject({ steps: z.array(STEP) }).optional(),
})

export type ReleaseAnswer = z.infer<typeof RELEASE_ANSWER>
export type EventAnswer = z.infer<typeof EVENT>
export type SideAnswer = z.infer<typeof SIDE>

/** A page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), next: z.string().nullable() })
}

export const EVENT_ANSWER = EVENT

export const VERB_ANSWER = z.looseObject({
  changed: z.boolean(),
  message: z.string(),
  not_recorded_because: z.string().nullish(),
  release: RELEASE_ANSWER,
})

/** One try to reach a gate or a chat; its fields are shown as they are. */
export const DELIVERY_ANSWER = z.record(z.string(), z.unknown())

export const FREEZE_ANSWER = z.looseObject({
  id: z.string(),
  from: z.string(),
  until: z.string(),
  reason: z.string().nullable(),
})
