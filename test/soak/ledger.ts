import type { FaultWindows } from './fault-windows.ts'

/** One request that a client has begun. */
export interface BegunRequest {
  readonly id: number
  readonly kind: string
  readonly service: string
  readonly sinceMs: number
}

/** How a request ended for its client. `failure` is a status or `lost`; `detail` is for the report. */
export type RequestEnd =
  | { readonly result: 'good' }
  /** The client went away on purpose. */
  | { readonly result: 'left' }
  | { readonly result: 'failed'; readonly failure: number | 'lost'; readonly detail: string }

export interface KindTotals {
  good: number
  left: number
  explained: number
  unexplained: number
}

/** What the access log says of a request. */
export interface LoggedRequest {
  readonly path: string
  readonly status: number
}

const KEPT_EXAMPLES = 20
const PATH = /^\/[a-z-]+\/(\d+)$/

/** Paths carry the number of the request, so that its line in the access log is found. */
export const pathOf = ({ id, service }: BegunRequest) => `/${service}/${id}`

/**
 * Every request of a run, until both its client and the access log have told how it ended: each answered one must have
 * one line, one whose client left at most one, and no line may be about anything else.
 */
export class Ledger {
  readonly #faults: FaultWindows
  readonly #now: () => number
  readonly #totals = new Map<string, KindTotals>()
  /** What is known of a request that is not settled yet. */
  readonly #open = new Map<number, { isLogged: boolean; end: RequestEnd['result'] | null }>()
  #begun = 0
  #anonymous = 0
  /** Lines of the access log. */
  lines = 0
  /** Lines without the number of a request, or about one that had its line already. */
  strayLines = 0
  /** Answers with status 500, by the access log. */
  internalErrors = 0
  /** The first failures that nothing explains. */
  readonly examples: string[] = []

  constructor(faults: FaultWindows, now: () => number) {
    this.#faults = faults
    this.#now = now
  }

  begin(kind: string, service: string): BegunRequest {
    this.#begun += 1
    this.#open.set(this.#begun, { isLogged: false, end: null })
    return { id: this.#begun, kind, service, sinceMs: this.#now() }
  }

  end(request: BegunRequest, end: RequestEnd): void {
    this.#count(request, end)
    this.#settle(request.id, { end: end.result })
  }

  /** A request whose line in the access log does not carry its number. */
  anonymous(kind: string, end: RequestEnd): void {
    this.#anonymous += 1
    this.outside(kind, end)
  }

  /** What has no line in the access log. */
  outside(kind: string, end: RequestEnd): void {
    this.#count({ kind, service: 'none', sinceMs: this.#now() }, end)
  }

  logged({ path, status }: LoggedRequest): void {
    this.lines += 1
    if (status === 500) this.internalErrors += 1
    const id = Number(PATH.exec(path)?.[1] ?? Number.NaN)
    if (Number.isNaN(id)) this.#anonymous -= 1
    else if (this.#open.get(id)?.isLogged === false) this.#settle(id, { isLogged: true })
    else this.strayLines += 1
  }

  /** Requests that were answered, and whose line has not come. */
  get missingLines(): number {
    const missing = [...this.#open.values()].filter(
      ({ end, isLogged }) => !isLogged && end !== null && end !== 'left',
    )
    return missing.length + Math.max(0, this.#anonymous)
  }

  /** Lines beyond one for each request. */
  get surplusLines(): number {
    return this.strayLines + Math.max(0, -this.#anonymous)
  }

  totals(): ReadonlyMap<string, Readonly<KindTotals>> {
    return this.#totals
  }

  #settle(id: number, news: Partial<{ isLogged: boolean; end: RequestEnd['result'] }>): void {
    const known = this.#open.get(id)
    if (known === undefined) return
    Object.assign(known, news)
    if (known.isLogged && known.end !== null) this.#open.delete(id)
  }

  #count(request: Omit<BegunRequest, 'id'>, end: RequestEnd): void {
    const totals = this.#totalsOf(request.kind)
    if (end.result !== 'failed') totals[end.result] += 1
    else if (this.#faults.explains(end.failure, request)) totals.explained += 1
    else {
      totals.unexplained += 1
      if (this.examples.length < KEPT_EXAMPLES) {
        this.examples.push(`${request.kind} to ${request.service}: ${end.failure} ${end.detail}`)
      }
    }
  }

  #totalsOf(kind: string): KindTotals {
    const totals = this.#totals.get(kind) ?? { good: 0, left: 0, explained: 0, unexplained: 0 }
    this.#totals.set(kind, totals)
    return totals
  }
}
