import { setTimeout as wait } from 'node:timers/promises'
import type { OutgoingClient } from './outgoing-client.ts'

/** What deliveries take from outside. */
export interface DeliveryTools {
  readonly client: OutgoingClient
  /** Epoch milliseconds. */
  readonly nowMs: () => number
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number
  /** Rejects when the signal ends it. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** One try, for the log of deliveries. */
export interface DeliveryAttempt {
  /** Epoch milliseconds of its beginning. */
  readonly atMs: number
  readonly tookMs: number
  /** 1, 2, 3, … */
  readonly attempt: number
  /** Null without an answer. */
  readonly status: number | null
  readonly isAccepted: boolean
  /** In words: the beginning of the answer, or why there was none. */
  readonly detail: string
}

/** `sleep` of a running gateway. */
export async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal, ref: false })
}
