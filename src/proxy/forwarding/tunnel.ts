import type { Socket } from 'node:net'
import { TunnelWay } from './tunnel-way.ts'
import { closeFrame, SERVICE_RESTART } from './websocket-frames.ts'

/** How a tunnel ended: both sides had their say, one was lost, nothing passed for too long, or its time was over. */
export type TunnelEnd = 'complete' | 'client-lost' | 'upstream-lost' | 'idle' | 'expired'

export interface TunnelParts {
  readonly client: Socket
  readonly upstream: Socket
  /** How long nothing may pass, either way. */
  readonly idleMs: number
  /** How long it may last; null for ever. */
  readonly totalMs: number | null
  /** Called once, when both connections are closed. */
  ended(end: TunnelEnd): void
}

/** How long the sides may take to close after they were told to, or after the last of a frame that was under way. */
const CLOSING_MS = 1_000
/** For a frame that does not end. */
const LONGEST_CLOSING_MS = 10_000

/**
 * A WebSocket: bytes both ways between two connections that have left HTTP, as fast as the slower side takes them. The
 * end of one side is passed on and the other way stays open; a side that is lost takes the other one with it.
 */
export class Tunnel {
  readonly #parts: TunnelParts
  readonly #toUpstream: TunnelWay
  readonly #toClient: TunnelWay
  readonly #idleTimer: NodeJS.Timeout
  readonly #totalTimer: NodeJS.Timeout | null
  #closingTimers: readonly NodeJS.Timeout[] = []
  #end: TunnelEnd | null = null
  #openSides = 2

  /** Takes both connections, paused; from here on their errors are the tunnel's. */
  constructor(parts: TunnelParts) {
    this.#parts = parts
    const { client, upstream, idleMs, totalMs } = parts
    this.#idleTimer = setTimeout(() => this.#cut('idle'), idleMs)
    this.#totalTimer = totalMs === null ? null : setTimeout(() => this.#expire(), totalMs)
    const moved = () => {
      this.#idleTimer.refresh()
      this.#closingTimers[0]?.refresh()
    }
    this.#toUpstream = new TunnelWay(client, upstream, moved)
    this.#toClient = new TunnelWay(upstream, client, moved)
    this.#watch(client, 'client-lost')
    this.#watch(upstream, 'upstream-lost')
  }

  /** Begins with what either side has sent already. */
  start(fromClient: Buffer, fromUpstream: Buffer): void {
    this.#toUpstream.start(fromClient)
    this.#toClient.start(fromUpstream)
  }

  /** Tells both sides, between two frames, that the service restarts (1012), and closes their connections. */
  close(): void {
    if (this.#isClosing) return
    this.#closingTimers = [CLOSING_MS, LONGEST_CLOSING_MS].map((ms) =>
      setTimeout(() => this.#cut('complete'), ms),
    )
    this.#toUpstream.finish(closeFrame(SERVICE_RESTART, 'client'))
    this.#toClient.finish(closeFrame(SERVICE_RESTART, 'server'))
  }

  #expire(): void {
    if (!this.#isClosing) this.#end ??= 'expired'
    this.close()
  }

  get #isClosing(): boolean {
    return this.#closingTimers.length > 0
  }

  #watch(socket: Socket, lost: TunnelEnd): void {
    socket.allowHalfOpen = true
    socket.setNoDelay(true)
    socket.setTimeout(0)
    socket.on('error', () => this.#cut(lost))
    socket.once('close', () => {
      this.#openSides -= 1
      if (!socket.readableEnded || !socket.writableFinished) this.#cut(lost)
      if (this.#openSides === 0) this.#ended()
    })
  }

  #cut(end: TunnelEnd): void {
    // What breaks after we have told both sides to go is no loss.
    this.#end ??= this.#isClosing ? 'complete' : end
    this.#parts.client.destroy()
    this.#parts.upstream.destroy()
  }

  #ended(): void {
    clearTimeout(this.#idleTimer)
    if (this.#totalTimer !== null) clearTimeout(this.#totalTimer)
    for (const timer of this.#closingTimers) clearTimeout(timer)
    this.#parts.ended(this.#end ?? 'complete')
  }
}
