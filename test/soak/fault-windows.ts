/** What is done to a target on purpose. */
export const FAULT_KINDS = ['killed', 'frozen', 'failing'] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** What a client may see of it: the status of an answer, or its connection lost. */
type Failure = number | 'lost'

const FAILURES: Readonly<Record<FaultKind, readonly Failure[]>> = {
  killed: [502, 'lost'],
  frozen: [504, 'lost'],
  failing: [503],
}

/** How long after its end a fault may show: answers on their way, connections that nobody has missed. */
const AFTERMATH_MS = 3_000

interface Window {
  readonly service: string
  readonly kind: FaultKind
  endMs: number
}

/** When which faults were in force: what explains a failed request. Times are in milliseconds of one clock. */
export class FaultWindows {
  readonly #windows: Window[] = []

  /** A fault begins; returns what ends it. */
  open(service: string, kind: FaultKind): (endMs: number) => void {
    const window = { service, kind, endMs: Number.POSITIVE_INFINITY }
    this.#windows.push(window)
    return (endMs) => {
      window.endMs = endMs
    }
  }

  /** Whether a request that was under way from `sinceMs` until now may have failed like this. */
  explains(failure: Failure, { service, sinceMs }: { service: string; sinceMs: number }): boolean {
    return this.#windows.some(
      (window) =>
        window.service === service &&
        window.endMs + AFTERMATH_MS >= sinceMs &&
        FAILURES[window.kind].includes(failure),
    )
  }

  countOf(kind: FaultKind): number {
    return this.#windows.filter((window) => window.kind === kind).length
  }
}
