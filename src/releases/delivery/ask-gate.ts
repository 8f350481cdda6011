import { durationMs } from '../document/duration-text.ts'
import type { GateQuestion } from '../engine/move.ts'
import type { GateAnswer } from '../engine/surroundings.ts'
import { type Attempted, attemptPosting } from './attempt.ts'
import type { DeliveryAttempt, DeliveryTools } from './delivery-tools.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 30_000

export interface GateAsking {
  /** JSON, see `gateBody`. */
  readonly body: string
  /** Of this asking: a question that is asked again later has another one. */
  readonly idempotencyKey: string
  readonly onAttempt: (attempt: DeliveryAttempt) => void
  readonly signal: AbortSignal
}

/**
 * Asks a gate: a status of 200 to 202 is a yes, all else a no (Flagger), a redirect too. Without an answer, and after a
 * status of 500 or more, it is asked again, `retries` times, after 250 ms, 500 ms, … 30 s; then it is a no. Never rejects.
 */
export async function askGate(
  { gate }: GateQuestion,
  { body, idempotencyKey, onAttempt, signal }: GateAsking,
  tools: DeliveryTools,
): Promise<GateAnswer> {
  const timeoutMs = durationMs(gate.timeout)
  const posting = { url: gate.url, secret: gate.secret, idempotencyKey, body, timeoutMs }
  for (let number = 1; ; number++) {
    const tried = await attemptPosting(posting, number, isYes, { tools, signal })
    onAttempt(tried.attempt)
    const isLast = number > gate.retries || signal.aborted || !isWorthRepeating(tried)
    if (isLast || !(await waited(number, signal, tools))) return answerOf(tried, tools.nowMs())
  }
}

function isYes(status: number): boolean {
  return status >= 200 && status <= 202
}

function isWorthRepeating({ outcome }: Attempted): boolean {
  return outcome.kind === 'unanswered' || outcome.status >= 500
}

function answerOf({ attempt }: Attempted, atMs: number): GateAnswer {
  const tries = attempt.attempt === 1 ? '' : ` (asked ${attempt.attempt} times)`
  return { isYes: attempt.isAccepted, atMs, detail: attempt.detail + tries }
}

/** False when the signal ended the wait. */
async function waited(number: number, signal: AbortSignal, { sleep, random }: DeliveryTools) {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (number - 1))
  return sleep(most * (0.5 + random() / 2), signal).then(
    () => true,
    () => false,
  )
}
