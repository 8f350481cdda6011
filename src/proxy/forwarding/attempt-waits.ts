import type { ForwardFailureReason, UpstreamRequest } from '../forwarder.ts'
import type { ClientPatience } from './client-patience.ts'
import { Wait } from './wait.ts'

export interface AttemptWaitParts {
  readonly timeouts: UpstreamRequest['timeouts']
  readonly patience: ClientPatience
  /** Called when what is waited for did not come in time. */
  readonly late: (reason: ForwardFailureReason) => void
}

/** Who a try waits for, and how long: the upstream by the timeouts of its service, the client by our own limits. */
export class AttemptWaits {
  readonly #timeouts: UpstreamRequest['timeouts']
  readonly #patience: ClientPatience
  readonly #wait: Wait<ForwardFailureReason>
  #isOver = false

  constructor({ timeouts, patience, late }: AttemptWaitParts) {
    this.#timeouts = timeouts
    this.#patience = patience
    this.#wait = new Wait(late)
  }

  forConnection(): void {
    this.#start('connect-timeout', this.#timeouts.connectMs)
  }

  /** For the head of the answer, or for more of it. */
  forAnswer(): void {
    this.#start('read-timeout', this.#timeouts.readMs)
  }

  /** For more of an answer that may be silent for longer than others. */
  forEventStream(): void {
    const { eventStreamIdleMs } = this.#patience
    if (eventStreamIdleMs === null) this.forAnswer()
    // Who has raised read_timeout for the sake of quiet streams has meant it.
    else this.#start('stream-idle', Math.max(eventStreamIdleMs, this.#timeouts.readMs))
  }

  /** For the upstream to take more of the body. */
  forUpstream(): void {
    this.#start('send-timeout', this.#timeouts.sendMs)
  }

  /** For the client to send more, or to take more. */
  forClient(): void {
    this.#start('client-silent', this.#patience.silenceMs)
  }

  get isForClient(): boolean {
    return this.#wait.reason === 'client-silent'
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#isOver = true
    this.#wait.stop()
  }

  #start(reason: ForwardFailureReason, timeoutMs: number): void {
    if (!this.#isOver) this.#wait.start(reason, timeoutMs)
  }
}
