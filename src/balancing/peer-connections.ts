/** A connection as far as counting goes: one that can be told from others, and closed. */
export interface CountedConnection {
  destroy(): unknown
}

/**
 * The connections to one peer of an upstream, and the requests that are about to take one. Whoever opens connections
 * tells of each once; forgetting what was never told of is no error.
 */
export class PeerConnections {
  /** The most that may be open; above it an idle one is closed for each that is opened. */
  limit: number
  readonly #open = new Set<CountedConnection>()
  /** The one that is idle for longest comes first. */
  readonly #idle = new Set<CountedConnection>()
  #unassigned = 0
  #connecting = 0

  readonly #count: CountWaiting = (unassigned, connecting) => {
    this.#unassigned += unassigned
    this.#connecting += connecting
  }

  constructor(limit: number) {
    this.limit = limit
  }

  /** Open connections, those being opened and idle ones among them. */
  get open(): number {
    return this.#open.size
  }

  /** Requests that wait for a connection to be opened. */
  get pending(): number {
    return this.#connecting + Math.max(0, this.#unassigned - this.#idle.size)
  }

  /** Connections once all requests that are about to take one have theirs. */
  get promised(): number {
    return this.#open.size + Math.max(0, this.#unassigned - this.#idle.size)
  }

  /** Idle connections that no request is about to take; not below 0. */
  get spareIdle(): number {
    return Math.max(0, this.#idle.size - this.#unassigned)
  }

  /** Nothing is open, and nobody waits. */
  get isUnused(): boolean {
    return this.#open.size === 0 && this.#unassigned === 0 && this.#connecting === 0
  }

  /** A request is about to take a connection; what is returned follows it there. */
  await(): ConnectionWait {
    this.#unassigned += 1
    return new ConnectionWait(this.#count)
  }

  /** Before a connection is opened: closes an idle one when there is no room for one more. */
  makeRoom(): void {
    if (this.#open.size < this.limit) return
    const [oldest] = this.#idle
    if (oldest === undefined) return
    this.closed(oldest)
    oldest.destroy()
  }

  opened(connection: CountedConnection): void {
    this.#open.add(connection)
  }

  becameIdle(connection: CountedConnection): void {
    if (this.#open.has(connection)) this.#idle.add(connection)
  }

  reused(connection: CountedConnection): void {
    this.#idle.delete(connection)
  }

  closed(connection: CountedConnection): void {
    this.#open.delete(connection)
    this.#idle.delete(connection)
  }
}

type CountWaiting = (unassigned: number, connecting: number) => void

/** How one request waits for its connection: for one at all, then for it to be opened. Each step counts once. */
export class ConnectionWait {
  readonly #count: CountWaiting
  #stage: 'unassigned' | 'connecting' | 'over' = 'unassigned'

  constructor(count: CountWaiting) {
    this.#count = count
  }

  /** The request has a connection, which is still being opened. */
  assigned(): void {
    if (this.#stage !== 'unassigned') return
    this.#stage = 'connecting'
    this.#count(-1, 1)
  }

  /** The connection can be used, or the request needs none any more. */
  end(): void {
    if (this.#stage === 'unassigned') this.#count(-1, 0)
    else if (this.#stage === 'connecting') this.#count(0, -1)
    this.#stage = 'over'
  }
}
