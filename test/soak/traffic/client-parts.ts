import type { BegunRequest, Ledger, RequestEnd } from '../ledger.ts'
import { STEADY, TROUBLED } from '../services.ts'

/** What every kind of client is given. */
export interface ClientParts {
  readonly ledger: Ledger
  readonly plainPort: number
  readonly tlsPort: number
  /** No new request begins after it. */
  readonly signal: AbortSignal
}

export const GOOD: RequestEnd = { result: 'good' }

export function failed(failure: number | 'lost', detail: string): RequestEnd {
  return { result: 'failed', failure, detail }
}

/** Every third request meets the faults. */
export function nextService(n: number): string {
  return n % 3 === 0 ? TROUBLED : STEADY
}

/** The name that the targets of a service answer with. */
export function isNameOf(request: BegunRequest, name: string): boolean {
  return request.service === TROUBLED ? /^troubled-\d$/.test(name) : /^(primary|canary)$/.test(name)
}

/** Spread over both sides of the release. */
export const someUser = () => `user-${Math.floor(Math.random() * 1_000)}`
