import type { Notification } from '../document/notification.ts'
import type { NoticeMessage } from '../notifications/notice-message.ts'
import { type Delivered, type DeliveryOptions, deliver } from './deliver.ts'
import type { DeliveryTools } from './delivery-tools.ts'

const MOST_WAITING = 1_000

export interface QueuedNotice extends Omit<DeliveryOptions, 'signal'> {
  readonly notification: Notification
  readonly message: NoticeMessage
  readonly onEnd: (delivered: Delivered) => void
}

/** Messages on their way: nothing waits for them, and there are never more than 1000. */
export class NotificationQueue {
  readonly #tools: DeliveryTools
  readonly #stop = new AbortController()
  readonly #underWay = new Set<Promise<void>>()

  constructor(tools: DeliveryTools) {
    this.#tools = tools
  }

  /**
   * Begins to send, and returns at once. `onEnd` says how it ended, also when there was no room for it. Neither it nor
   * `onAttempt` may throw.
   */
  send({ notification, message, onEnd, idempotencyKey, onAttempt }: QueuedNotice): void {
    const obstacle = this.#obstacle()
    if (obstacle !== null) {
      onEnd({ kind: 'given-up', reason: obstacle })
      return
    }
    const options = { idempotencyKey, onAttempt, signal: this.#stop.signal }
    const sending = deliver(notification, message, options, this.#tools).then((delivered) => {
      this.#underWay.delete(sending)
      onEnd(delivered)
    })
    this.#underWay.add(sending)
  }

  /** Gives up what is on its way. */
  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled(this.#underWay)
  }

  #obstacle(): string | null {
    if (this.#stop.signal.aborted) return 'the gateway stopped'
    return this.#underWay.size < MOST_WAITING
      ? null
      : `${MOST_WAITING} messages are waiting already`
  }
}
