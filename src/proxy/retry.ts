import type { BodyFraming } from '../model/request.ts'
import type { ConnectionReuse, ForwardOutcome } from './forwarder.ts'

/** Methods that are tried again only when nothing of the request was sent (Kong, after nginx: non_idempotent). */
const UNREPEATABLE: ReadonlySet<string> = new Set(['POST', 'PATCH', 'LOCK'])

/** What decides whether a request may be sent again. */
export interface RepeatedRequest {
  readonly method: string
  readonly body: BodyFraming
  readonly isUpgrade: boolean
}

/** What follows a try: nothing; a try at another peer; the same peer on a new connection, which counts as no try. */
export type NextTry = 'none' | 'another-peer' | 'new-connection'

/**
 * What may follow a failed try (reference kong.md section 7, reliability.md sections 6 and 7): only an upstream's
 * failure to connect, to take or to answer in time is tried again, only before its answer's head, never with a body
 * that was partly read, and an unrepeatable method only when nothing was sent. An idle connection that turns out to
 * be dead says nothing about its peer.
 */
export function nextTry(
  outcome: ForwardOutcome,
  { request, triesLeft }: { readonly request: RepeatedRequest; readonly triesLeft: number },
): NextTry {
  if (outcome.kind !== 'failed') return 'none'
  const { failure, requestSent } = outcome
  if (failure.side !== 'upstream' || outcome.headSent || outcome.bodyTouched) return 'none'
  if (failure.reason === 'malformed' || (requestSent && isUnrepeatable(request))) return 'none'
  if (failure.reason === 'reset' && outcome.reusedSocket) return 'new-connection'
  return triesLeft > 0 ? 'another-peer' : 'none'
}

/**
 * Which connections a first try may take: one of its own for what will keep it; what cannot be sent twice must not
 * meet one that is about to close.
 */
export function reuseFor({ method, body, isUpgrade }: RepeatedRequest): ConnectionReuse {
  if (isUpgrade) return 'new'
  return body.kind === 'none' && !UNREPEATABLE.has(method) ? 'any' : 'recent'
}

/** A request to switch protocols is tried again in the connect phase only. */
function isUnrepeatable({ method, isUpgrade }: RepeatedRequest): boolean {
  return isUpgrade || UNREPEATABLE.has(method)
}
