import type { ForwardOutcome } from './forwarder.ts'

/** Methods that are tried again only when nothing of the request was sent (Kong, after nginx: non_idempotent). */
const UNREPEATABLE: ReadonlySet<string> = new Set(['POST', 'PATCH', 'LOCK'])

/**
 * Whether a failed try may be followed by another (reference kong.md section 7): only an upstream's failure, only
 * before its answer's head, never with a body that was partly read, and an unrepeatable method only when nothing
 * was sent.
 */
export function mayTryAgain(
  outcome: ForwardOutcome,
  { method, triesLeft }: { readonly method: string; readonly triesLeft: number },
): boolean {
  if (outcome.kind === 'completed' || triesLeft <= 0) return false
  if (outcome.failure.side !== 'upstream' || outcome.headSent || outcome.bodyTouched) return false
  return !(outcome.requestSent && UNREPEATABLE.has(method))
}
