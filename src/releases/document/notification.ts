import { z } from 'zod'
import type { DeepReadonly } from '../../model/deep-readonly.ts'
import { listOf, oneOf, optional, required, text, withDefault } from '../../model/fields.ts'
import { webhookUrl } from './gate.ts'

/** What happened, as notifications are chosen by. */
export const NOTICES = [
  'created',
  'started',
  'step',
  'waiting',
  'paused',
  'resumed',
  'rollback',
  'succeeded',
  'failed',
] as const
export type Notice = (typeof NOTICES)[number]

export const NOTIFICATION = z.strictObject({
  url: required(webhookUrl(), 'Where messages go, by POST.'),
  format: withDefault(
    oneOf(['json', 'slack', 'teams', 'discord']),
    'json',
    'json (Flagger’s event with our fields), slack, teams or discord; default json.',
  ),
  on: optional(
    listOf(oneOf(NOTICES)),
    `What is told: ${NOTICES.join(', ')}; null (all) by default.`,
  ),
  secret: optional(
    text(),
    'Key of the signature (HMAC-SHA256) of each request; null (no signature) by default. Never shown again.',
  ),
})

export type Notification = DeepReadonly<z.infer<typeof NOTIFICATION>>
