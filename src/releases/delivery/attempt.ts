import type { DeliveryAttempt, DeliveryTools } from './delivery-tools.ts'
import type { OutgoingOutcome } from './outgoing-client.ts'
import { signatureOf } from './signature.ts'

export interface Posting {
  readonly url: string
  /** Null: not signed. */
  readonly secret: string | null
  /** The same in each try, so that a receiver can tell a repetition. */
  readonly idempotencyKey: string
  readonly body: string
  readonly timeoutMs: number
}

export interface Attempted {
  readonly outcome: OutgoingOutcome
  readonly attempt: DeliveryAttempt
}

/** One try. Each has a signature of its own, with the time at which it is made. Never rejects. */
export async function attemptPosting(
  posting: Posting,
  attempt: number,
  isAccepted: (status: number) => boolean,
  { tools, signal }: { readonly tools: DeliveryTools; readonly signal: AbortSignal },
): Promise<Attempted> {
  const { url, body, secret, idempotencyKey, timeoutMs } = posting
  const atMs = tools.nowMs()
  const headers = {
    'user-agent': 'canary-gateway',
    'idempotency-key': idempotencyKey,
    ...(secret === null ? {} : { 'canary-signature': signatureOf(secret, body, atMs) }),
  }
  const outcome = await tools.client.post({ url, headers, body, timeoutMs }, signal)
  const status = outcome.kind === 'answered' ? outcome.status : null
  return {
    outcome,
    attempt: {
      atMs,
      tookMs: tools.nowMs() - atMs,
      attempt,
      status,
      isAccepted: status !== null && isAccepted(status),
      detail: detailOf(outcome),
    },
  }
}

function detailOf(outcome: OutgoingOutcome): string {
  if (outcome.kind === 'unanswered') return outcome.problem
  const { status, body } = outcome
  const redirected = status >= 300 && status < 400 ? ', and redirects are not followed' : ''
  const said = body.replaceAll(/\s+/g, ' ').trim()
  return `answered ${status}${redirected}${said === '' ? '' : `: ${said}`}`
}
