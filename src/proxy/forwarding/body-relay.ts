import { BodyFeed, type BodyFeedParts } from './body-feed.ts'
import { BodyPace, type LeastPace } from './body-pace.ts'

export interface BodyRelayParts extends BodyFeedParts {
  /** The client was told to wait for a 100 before it sends anything. */
  readonly awaitsContinue: boolean
  /** Null for any pace. */
  readonly leastPace: LeastPace | null
  /** The client could send more, and sends too little. */
  tooSlow(): void
}

/** A client's body on its way into the request to the upstream, and who is waited for meanwhile. */
export class BodyRelay {
  readonly #feed: BodyFeed
  readonly #parts: BodyRelayParts
  #pace: BodyPace | null = null
  #awaitsContinue: boolean

  constructor(parts: BodyRelayParts) {
    this.#parts = parts
    this.#feed = new BodyFeed(parts)
    this.#awaitsContinue = parts.awaitsContinue
  }

  /** The whole body was handed over. */
  get isDone(): boolean {
    return this.#feed.isDone
  }

  /** Some of the body was taken, so that it cannot be sent again. */
  get isTouched(): boolean {
    return this.#feed.readBytes > 0
  }

  /** Begins to move; call it once. */
  start(): void {
    this.#feed.start()
  }

  /** The upstream has sent the 100 that the client waits for. */
  continued(): void {
    this.#awaitsContinue = false
    this.#parts.progressed()
  }

  /** Who has to do something next. The pace of the client counts from when it is the client for the first time. */
  waitsFor(): 'answer' | 'upstream' | 'client' {
    const { isDone, isBlocked } = this.#feed
    // A client that was told to wait for a 100 owes nothing before that.
    if (isDone || (this.#awaitsContinue && !this.isTouched)) return 'answer'
    const { leastPace, tooSlow } = this.#parts
    if (leastPace !== null) this.#pace ??= new BodyPace(this.#feed, leastPace, tooSlow)
    return isBlocked ? 'upstream' : 'client'
  }

  /** Takes nothing more from the client, and waits for nothing. */
  stop(): void {
    this.#pace?.stop()
    this.#feed.stop()
  }
}
