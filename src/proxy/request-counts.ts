import type { ConnectionCounts } from './connection/connection-counts.ts'

/** Counts in the terms of nginx's stub_status, which Kong's /status hands on. */
export interface GatewayCounts {
  readonly connectionsAccepted: number
  readonly connectionsHandled: number
  readonly connectionsActive: number
  /** Always 0: a connection counts as waiting until its request's head is complete. */
  readonly connectionsReading: number
  readonly connectionsWriting: number
  readonly connectionsWaiting: number
  readonly totalRequests: number
  readonly requestsInFlight: number
}

/** How many requests there were since the start, and how many there are. */
export class RequestCounts {
  #total = 0
  #inFlight = 0

  get inFlight(): number {
    return this.#inFlight
  }

  begin(): void {
    this.#total += 1
    this.#inFlight += 1
  }

  end(): void {
    this.#inFlight -= 1
  }

  /** These together with the connections that they came over. */
  beside({ accepted, active }: Pick<ConnectionCounts, 'accepted' | 'active'>): GatewayCounts {
    const busy = Math.min(this.#inFlight, active)
    return {
      connectionsAccepted: accepted,
      connectionsHandled: accepted,
      connectionsActive: active,
      connectionsReading: 0,
      connectionsWriting: busy,
      connectionsWaiting: active - busy,
      totalRequests: this.#total,
      requestsInFlight: this.#inFlight,
    }
  }
}
