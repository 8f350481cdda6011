import { z } from 'zod'
import { isForbiddenDestination, parseAuthority } from '../../model/addresses.ts'
import type { DeepReadonly } from '../../model/deep-readonly.ts'
import { integer, oneOf, optional, required, rule, text, withDefault } from '../../model/fields.ts'
import { durationMs, durationText } from './duration-text.ts'

/** Where a webhook goes. http and https only, no user and password in it: those end up in logs. */
export const webhookUrl = () =>
  text().check(
    rule((value: string) => {
      const url = URL.canParse(value) ? new URL(value) : null
      if (url === null || !/^https?:$/.test(url.protocol)) {
        return `'${value}' is no http or https URL`
      }
      if (url.username !== '' || url.password !== '') {
        return 'must not hold a user and password: give a secret, which signs the request'
      }
      const host = parseAuthority(url.hostname)
      return host === null || !isForbiddenDestination(host)
        ? null
        : `${url.hostname} is not allowed: link-local, multicast, unspecified and metadata addresses are no destinations`
    }),
  )

/** A duration within limits, both included. */
const durationWithin = (shortest: string, longest: string) =>
  durationText().check(
    rule((value: string) =>
      durationMs(value) >= durationMs(shortest) && durationMs(value) <= durationMs(longest)
        ? null
        : `'${value}' is not from ${shortest} to ${longest}`,
    ),
  )

const ADDRESS = {
  url: required(webhookUrl(), 'Where the question goes, by POST.'),
  timeout: withDefault(
    durationWithin('100ms', '10m'),
    '10s',
    'How long an answer may take, 100ms to 10m; default 10s.',
  ),
  retries: withDefault(
    integer(0, 20),
    2,
    'How often it is asked again, a little later each time, without an answer or after a status of 500 or more; 0 to 20; default 2.',
  ),
  secret: optional(
    text(),
    'Key of the signature (HMAC-SHA256) of each request; null (no signature) by default. Never shown again.',
  ),
}

/** A question to a URL: a status of 200 to 202 says yes, everything else no (Flagger). */
export const gateAddress = () => z.strictObject(ADDRESS)

/** Flagger's hook types (reference: Flagger 1.44, webhooks). */
export const GATE_TYPES = [
  'confirm-rollout',
  'pre-rollout',
  'rollout',
  'confirm-traffic-increase',
  'confirm-promotion',
  'post-rollout',
  'rollback',
] as const

export const GATE = z.strictObject({
  ...ADDRESS,
  name: required(text().max(128), 'What people call it.'),
  type: required(
    oneOf(GATE_TYPES),
    'When it is asked: confirm-rollout (before the start), pre-rollout (before the first traffic), rollout (again and again, a refusal counts), confirm-traffic-increase (before each increase), confirm-promotion (before the end), post-rollout (after it, only logged), rollback (again and again, yes rolls back).',
  ),
  interval: withDefault(
    durationWithin('1s', '1d'),
    '10s',
    'How often rollout and rollback are asked, and the others again after a refusal, 1s to 1d; default 10s.',
  ),
  threshold: withDefault(
    integer(1, 1000),
    1,
    'How many refusals of a rollout gate roll the release back, 1 to 1000; default 1.',
  ),
})

export type GateAddress = DeepReadonly<z.infer<ReturnType<typeof gateAddress>>>
export type Gate = DeepReadonly<z.infer<typeof GATE>>
