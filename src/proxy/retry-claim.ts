import type { ServerResponse } from 'node:http'
import type { RetryBudget, RetryWaiter } from '../balancing/retry-budget.ts'
import { Wait } from './forwarding/wait.ts'

/** How long a request waits for room for its retry, unless a connection may take less. */
const LONGEST_WAIT_MS = 1_000

/** What comes of a request that wants to be tried again: one of these. */
export interface RetryEnds {
  /** It is tried again: its retry is under way until it is answered, asked for again, or ended. */
  readonly goOn: () => void
  /** There is no room, and none came in time. */
  readonly exhausted: () => void
  readonly clientLeft: () => void
}

/** The retries of one request at one upstream: what it waits for, and what it has of the budget. */
export class RetryClaim implements RetryWaiter {
  readonly #budget: RetryBudget
  readonly #response: ServerResponse
  readonly #inTime = new Wait<'room'>(() => this.#onLate())
  #ends: RetryEnds | null = null
  #isUnderWay = false
  #hasFailed = false

  /** `end` it once. */
  constructor(budget: RetryBudget, response: ServerResponse) {
    this.#budget = budget
    this.#response = response
  }

  /** Asks for one more try, and waits for it for at most `connectMs`, or a second. Calls one of `ends`, once. */
  ask(connectMs: number, ends: RetryEnds): void {
    const verdict = this.#budget.ask(this, this.#isUnderWay)
    this.#isUnderWay = verdict === 'granted'
    if (verdict === 'granted') ends.goOn()
    else if (verdict === 'refused') ends.exhausted()
    else this.#wait(Math.min(connectMs, LONGEST_WAIT_MS), ends)
  }

  granted(): void {
    this.#isUnderWay = true
    this.#stopWaiting()?.goOn()
  }

  refused(): void {
    this.#stopWaiting()?.exhausted()
  }

  /** The try under way was answered, or is over for another reason than its upstream. */
  release(): void {
    if (!this.#isUnderWay) return
    this.#isUnderWay = false
    this.#budget.endRetry()
  }

  /** The try under way failed, and none comes after it. */
  fail(): void {
    this.#hasFailed ||= this.#isUnderWay
  }

  /** The request is over; `isAnswered`: the head of an answer came. */
  end(isAnswered: boolean): void {
    if (this.#stopWaiting() !== null) this.#budget.withdraw(this, false)
    this.release()
    if (this.#hasFailed && !isAnswered) this.#budget.countVain()
  }

  #wait(timeoutMs: number, ends: RetryEnds): void {
    this.#ends = ends
    this.#inTime.start('room', timeoutMs)
    this.#response.once('close', this.#onClientClose)
  }

  /** What is to be told to the one who waited; null when nobody did. */
  #stopWaiting(): RetryEnds | null {
    const ends = this.#ends
    this.#ends = null
    this.#inTime.stop()
    this.#response.removeListener('close', this.#onClientClose)
    return ends
  }

  #onLate(): void {
    this.#budget.withdraw(this, true)
    this.#stopWaiting()?.exhausted()
  }

  readonly #onClientClose = (): void => {
    this.#budget.withdraw(this, false)
    this.#stopWaiting()?.clientLeft()
  }
}
