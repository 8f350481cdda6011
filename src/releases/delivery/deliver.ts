import type { Notification } from '../document/notification.ts'
import { formatNotice } from '../notifications/format-notice.ts'
import type { NoticeMessage } from '../notifications/notice-message.ts'
import { type Attempted, attemptPosting } from './attempt.ts'
import type { DeliveryAttempt, DeliveryTools } from './delivery-tools.ts'

const TIMEOUT_MS = 10_000
export const MOST_TRIES = 8
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 300_000

export interface DeliveryOptions {
  readonly idempotencyKey: string
  readonly onAttempt: (attempt: DeliveryAttempt) => void
  readonly signal: AbortSignal
}

export type Delivered =
  | { readonly kind: 'delivered' }
  /** It is not tried again: why, in words. */
  | { readonly kind: 'given-up'; readonly reason: string }

/**
 * Sends one message, at most 8 times, 1 s to 5 min apart. A status of 200 to 299 is success; a redirect and a status of
 * 400 to 499 (but 408, 425 and 429) would be no other the next time. Never rejects.
 */
export async function deliver(
  { url, format, secret }: Notification,
  message: NoticeMessage,
  { idempotencyKey, onAttempt, signal }: DeliveryOptions,
  tools: DeliveryTools,
): Promise<Delivered> {
  const body = JSON.stringify(formatNotice(format, message))
  const posting = { url, secret, idempotencyKey, body, timeoutMs: TIMEOUT_MS }
  for (let number = 1; ; number++) {
    const tried = await attemptPosting(posting, number, isSuccess, { tools, signal })
    onAttempt(tried.attempt)
    if (tried.attempt.isAccepted) return { kind: 'delivered' }
    if (number === MOST_TRIES || isFinal(tried)) return givenUp(tried.attempt)
    try {
      await tools.sleep(waitMs(number, tools.random()), signal)
    } catch (error) {
      if (!signal.aborted) throw error
      return { kind: 'given-up', reason: 'the gateway stopped' }
    }
  }
}

/** From 1 s before the second try to 5 min before the last, less up to a fifth of it. */
function waitMs(number: number, random: number): number {
  const growth = (LONGEST_WAIT_MS / FIRST_WAIT_MS) ** ((number - 1) / (MOST_TRIES - 2))
  return FIRST_WAIT_MS * growth * (1 - random / 5)
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

const PASSING = new Set([408, 425, 429])

function isFinal({ outcome }: Attempted): boolean {
  if (outcome.kind === 'unanswered') return false
  return outcome.status >= 300 && outcome.status < 500 && !PASSING.has(outcome.status)
}

function givenUp({ attempt, detail }: DeliveryAttempt): Delivered {
  const tries = attempt === 1 ? 'once' : `${attempt} times`
  return { kind: 'given-up', reason: `given up after it was tried ${tries}: ${detail}` }
}
