import { z } from 'zod'
import type { DeepReadonly } from '../../model/deep-readonly.ts'
import {
  integer,
  listOf,
  oneOf,
  optional,
  required,
  rule,
  text,
  withDefault,
} from '../../model/fields.ts'
import { headerName } from '../../model/header-fields.ts'
import { durationText } from './duration-text.ts'
import { gateAddress } from './gate.ts'
import { percentage } from './percentage.ts'

/** What a step does; each step has exactly one of these. */
const ACTIONS = ['percentage', 'groups', 'ramp', 'approval', 'gate', 'preview', 'flip'] as const

const ramp = z.strictObject({
  to: required(percentage(), 'Share at its end, in percent.'),
  over: required(durationText(), 'How long it takes, for example 2h.'),
  curve: withDefault(
    oneOf(['linear', 'exponential']),
    'linear',
    'linear (the same amount each time) or exponential (little at first); default linear.',
  ),
})

const approval = z.strictObject({
  count: withDefault(integer(1, 100), 1, 'How many people must approve, 1 to 100; default 1.'),
  from: optional(
    listOf(text()),
    'Names of those whose approval counts; null (anybody) by default.',
  ),
  timeout: optional(durationText(), 'How long it waits; null (for ever) by default.'),
  on_timeout: withDefault(
    oneOf(['rollback', 'pause', 'continue']),
    'pause',
    'What happens when nobody decides in time: rollback, pause or continue; default pause.',
  ),
})

const preview = z
  .strictObject({
    header: optional(
      headerName(),
      'Header field whose value `always` sends a request to the new version; null by default.',
    ),
    groups: optional(listOf(text()), 'Groups that see the new version; null by default.'),
  })
  .check(
    rule(({ header, groups }) =>
      header === null && groups === null ? 'at least one of header, groups is required' : null,
    ),
  )

/** One step as users write it. */
export const STEP = z
  .strictObject({
    name: optional(text().max(128), 'What people call it; null (what it does) by default.'),
    percentage: optional(
      percentage(),
      'Share of the canary in percent, 0 to 100, as fine as 0.001.',
    ),
    groups: optional(
      listOf(text()).min(1),
      'Groups that are on the canary from here on, beside those of earlier steps.',
    ),
    ramp: optional(ramp, 'Moves the share in small writes.'),
    approval: optional(approval, 'Waits for people.'),
    gate: optional(gateAddress(), 'Waits until a URL says yes.'),
    preview: optional(preview, 'Blue-green: shows the new version to some, before the flip.'),
    flip: optional(z.literal(true), 'Blue-green: all traffic to the new version at once.'),
    hold: optional(
      durationText(),
      'How long to stay at what the step has reached, for example 15m.',
    ),
  })
  .check(
    rule((step) => {
      const given = ACTIONS.filter((action) => step[action] !== null)
      if (given.length > 1) return `a step does one thing, this one has ${given.join(' and ')}`
      if (given.length === 1 || step.hold !== null) return null
      return `give one of ${ACTIONS.join(', ')}, hold`
    }),
  )

export type StepDocument = DeepReadonly<z.infer<typeof STEP>>
