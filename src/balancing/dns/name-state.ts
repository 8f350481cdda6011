/** What asking for a name brought. */
export type NameAnswer =
  /** At least one address; `ttlMs`: how long they hold. */
  | { readonly kind: 'found'; readonly addresses: readonly string[]; readonly ttlMs: number }
  /** The name does not exist, or has no address that may be used. */
  | { readonly kind: 'absent' }
  /** Nobody could tell. */
  | { readonly kind: 'failed' }

/** What is known of a name. */
export interface NameState {
  /** Null while none is known. */
  readonly addresses: readonly string[] | null
  /** The addresses are used although their time is over: the last answer was none. */
  readonly isStale: boolean
  /** The first answer is there, whatever it says. */
  readonly isAnswered: boolean
  /** Times in a row that no address was found. */
  readonly failures: number
  /** Times in a row that the name was said to be absent; what failed in between does not count. */
  readonly misses: number
  /** When to ask again, monotonic ms. */
  readonly dueMs: number
}

const SHORTEST_MS = 1_000
const LONGEST_MS = 3_600_000
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 30_000
const JITTER = 0.2
/** A name server that has just started, or the wrong one, may deny a name once. */
const MISSES_TO_DROP = 2

export function newNameState(nowMs: number): NameState {
  return {
    addresses: null,
    isStale: false,
    isAnswered: false,
    failures: 0,
    misses: 0,
    dueMs: nowMs,
  }
}

/**
 * The state after an answer. Addresses hold for their TTL, from 1 s to 1 h. While nobody can tell they stay in use
 * without limit of time; when the name is denied twice in a row they are given up. After a failure it is asked again
 * in 1 s, doubling to 30 s, give or take a fifth. `random`: 0 … 1.
 */
export function stateAfter(
  state: NameState,
  answer: NameAnswer,
  { nowMs, random }: { readonly nowMs: number; readonly random: number },
): NameState {
  if (answer.kind === 'found') {
    const ttlMs = Math.min(Math.max(answer.ttlMs, SHORTEST_MS), LONGEST_MS)
    return { ...newNameState(nowMs + ttlMs), addresses: answer.addresses, isAnswered: true }
  }
  const misses = state.misses + (answer.kind === 'absent' ? 1 : 0)
  const addresses = misses >= MISSES_TO_DROP ? null : state.addresses
  return {
    addresses,
    isStale: addresses !== null,
    isAnswered: true,
    failures: state.failures + 1,
    misses,
    dueMs: nowMs + retryAfterMs(state.failures, random),
  }
}

/** Whether two states lead traffic to the same addresses. */
export function hasSameAddresses(one: NameState, other: NameState): boolean {
  return one.addresses?.join() === other.addresses?.join()
}

function retryAfterMs(failuresBefore: number, random: number): number {
  const meanMs = Math.min(FIRST_RETRY_MS * 2 ** failuresBefore, LONGEST_RETRY_MS)
  return meanMs * (1 - JITTER + 2 * JITTER * random)
}
