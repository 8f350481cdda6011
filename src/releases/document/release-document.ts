import { z } from 'zod'
import { destinationHost } from '../../model/address-fields.ts'
import type { DeepReadonly } from '../../model/deep-readonly.ts'
import {
  integer,
  listOf,
  name,
  oneOf,
  optional,
  port,
  recordWithDefaults,
  required,
  rule,
  setOf,
  text,
  withDefault,
} from '../../model/fields.ts'
import { cookieName, headerName } from '../../model/header-fields.ts'
import { path } from '../../model/path-fields.ts'
import { durationText } from './duration-text.ts'
import { GATE } from './gate.ts'
import { isMoment } from './moment-text.ts'
import { NOTIFICATION } from './notification.ts'
import { STEP } from './step.ts'
import { FREEZE, WINDOW } from './window.ts'

/** What stands below /releases itself, and what paths cannot hold. */
const TAKEN = ['stop', 'resume-all', 'plan', 'freezes', 'links', '.', '..']

function releaseName() {
  return name().check(
    rule((given: string) =>
      TAKEN.includes(given)
        ? `'${given}' cannot be the name of a release, since it has a meaning of its own in paths: choose another one`
        : null,
    ),
  )
}

const canary = z
  .strictObject({
    upstream_host: optional(destinationHost(), 'Host of the new version, as in a service.'),
    upstream_port: optional(
      port(),
      'Port of the new version; null (that of the service) by default.',
    ),
    upstream_uri: optional(path(), 'Path that takes the part of the path of the service.'),
  })
  .check(
    rule((given) =>
      Object.values(given).some((value) => value !== null)
        ? null
        : 'at least one of upstream_host, upstream_port, upstream_uri is required',
    ),
  )

const sticky = z
  .strictObject({
    by: withDefault(
      oneOf(['consumer', 'ip', 'header', 'cookie', 'none']),
      'consumer',
      'What keeps a client on its side: consumer, ip, header, cookie or none; default consumer.',
    ),
    header: optional(headerName(), 'Header field that is hashed with by: header; required then.'),
    cookie: optional(cookieName(), 'Cookie that is hashed with by: cookie; required then.'),
    salt: withDefault(
      text(),
      'release',
      'release (each release picks other clients), service (each picks the same) or any text; default release.',
    ),
  })
  .check(
    rule((given) => {
      if (given.by === 'header' && given.header === null)
        return 'header is required with by: header'
      if (given.by === 'cookie' && given.cookie === null)
        return 'cookie is required with by: cookie'
      return null
    }),
  )

const rollback = z
  .strictObject({
    profile: withDefault(
      oneOf(['instant', 'ramp']),
      'instant',
      'instant (0 % at once) or ramp (falling over a while); default instant.',
    ),
    over: optional(durationText(), 'How long a ramp takes; required with profile: ramp.'),
  })
  .check(
    rule(({ profile, over }) =>
      profile === 'ramp' && over === null ? 'over is required with profile: ramp' : null,
    ),
  )

const deadline = z.strictObject({
  after: required(
    durationText(),
    'How long a due move may be held up by a gate or by sick targets.',
  ),
  // biome-ignore lint/suspicious/noThenProperty: the word users read; documents are never awaited
  then: withDefault(oneOf(['pause', 'rollback']), 'pause', 'pause or rollback; default pause.'),
})

/** Fields of the canary plugin that a release leaves to its author. */
const options = z.strictObject({
  never_groups: optional(listOf(text()), 'Groups that stay on the primary whatever happens.'),
  upstream_fallback: withDefault(
    z.boolean(),
    false,
    'Whether the primary takes over while the canary has no healthy target; default false.',
  ),
  safety_net: withDefault(
    z.boolean(),
    false,
    'Whether the primary serves a GET, HEAD or OPTIONS request once more that the canary failed; default false.',
  ),
  safety_net_statuses: withDefault(
    setOf(integer(400, 599)),
    [502, 503, 504],
    'Statuses of the canary that the client does not get to see with safety_net; default 502, 503, 504.',
  ),
  drain: withDefault(
    oneOf(['keep', 'close_after']),
    'keep',
    'What happens to streams of a side that loses all its traffic: keep or close_after; default keep.',
  ),
  drain_after: withDefault(
    durationText(),
    '60s',
    'How long such streams live on with close_after; default 60s.',
  ),
})

const MAX_STEPS = 200
/** Each is calculated anew whenever one opens or closes, by the thread that forwards requests. */
const MAX_WINDOWS = 20

/** A release as users write it, in a file or in POST /releases, with all defaults filled in. */
export const RELEASE_DOCUMENT = z.strictObject({
  name: required(releaseName(), 'Unique among the live releases; stands in paths.'),
  service: required(text(), 'Name or id of the service.'),
  strategy: withDefault(
    oneOf(['canary', 'blue-green']),
    'canary',
    'canary (the share grows) or blue-green (preview, then flip); default canary.',
  ),
  canary: required(canary, 'Where the new version is.'),
  sticky: recordWithDefaults(sticky, 'Who stays together.'),
  start: withDefault(
    text().check(
      rule((value: string) =>
        value === 'now' || value === 'never' || isMoment(value)
          ? null
          : `'${value}' is no start: give now, never (until started by hand) or a moment such as 2026-12-01T09:00:00+01:00`,
      ),
    ),
    'now',
    'now, never (until started by hand) or a moment; default now.',
  ),
  steps: required(z.array(STEP).min(1).max(MAX_STEPS), 'What happens, in this order.'),
  windows: withDefault(
    z.array(WINDOW).max(MAX_WINDOWS),
    [],
    'Progress only inside one of these, at most 20; default always.',
  ),
  freezes: withDefault(listOf(FREEZE), [], 'No progress inside any of these; default none.'),
  rollback: recordWithDefaults(rollback, 'How it is rolled back.'),
  on_success: withDefault(
    oneOf(['promote', 'keep']),
    'promote',
    'promote (the service points at the new version and the plugin is gone) or keep (the plugin stays at 100); default promote.',
  ),
  bake: withDefault(
    durationText(),
    '0s',
    'How long after 100 % it can still be rolled back by one command; default 0s.',
  ),
  deadline: optional(
    deadline,
    'What a release that makes no progress does; null (wait) by default.',
  ),
  four_eyes: withDefault(
    z.boolean(),
    false,
    'Whether the approval of the one who created it does not count; default false.',
  ),
  gates: withDefault(listOf(GATE), [], 'Questions to other systems; default none.'),
  notify: withDefault(listOf(NOTIFICATION), [], 'Who is told; default nobody.'),
  options: recordWithDefaults(
    options,
    'Fields of the canary plugin that the release leaves to you.',
  ),
})

export type ReleaseDocument = DeepReadonly<z.infer<typeof RELEASE_DOCUMENT>>
