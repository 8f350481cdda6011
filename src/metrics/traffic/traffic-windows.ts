import type { AccessEntry } from '../access-entry.ts'
import { type HourReadings, HourWindow } from './hour-window.ts'
import { MinuteWindow, type SideReadings } from './minute-window.ts'

export interface MinuteReadings {
  readonly primary: SideReadings
  readonly canary: SideReadings
}

/** Services beyond this are not measured by the hour. */
const MAX_SERVICES = 5_000
/** Services beyond this are not measured by the minute: the one that was asked for longest ago gives way. */
const MAX_WATCHED = 500
/** So long after the last question the minute of a service is not measured any more. */
const WATCHED_FOR_MS = 15 * 60_000

interface Watched {
  readonly primary: MinuteWindow
  readonly canary: MinuteWindow
  askedAtMs: number
}

/**
 * What went through each service of late, by the name that the access log gives it: the last hour of all, and of those
 * that somebody asks for the last minute of both sides. At most 10 MiB and 6 MiB.
 */
export class TrafficWindows {
  readonly #hours = new Map<string, HourWindow>()
  readonly #watched = new Map<string, Watched>()

  record(entry: AccessEntry): void {
    const { service, at, totalMs } = entry
    if (service === null) return
    const nowMs = at + totalMs
    this.#hourOf(service)?.record(nowMs, entry.consumer)
    const watched = this.#watched.get(service)
    if (watched === undefined) return
    if (nowMs - watched.askedAtMs > WATCHED_FOR_MS) {
      this.#watched.delete(service)
      return
    }
    const { fallback } = entry
    if (fallback !== null) watched.canary.record(nowMs, fallback.totalMs, true)
    const side = entry.variant === 'canary' ? watched.canary : watched.primary
    side.record(nowMs, totalMs - (fallback?.totalMs ?? 0), isError(entry))
  }

  /** The last minute; measured from the first question on. */
  minute(service: string, nowMs: number): MinuteReadings {
    const watched = this.#watchedNow(service, nowMs)
    return { primary: watched.primary.read(nowMs), canary: watched.canary.read(nowMs) }
  }

  hour(service: string, nowMs: number): HourReadings {
    return this.#hours.get(service)?.read(nowMs) ?? { requests: 0, consumers: null }
  }

  #hourOf(service: string): HourWindow | undefined {
    const known = this.#hours.get(service)
    if (known !== undefined || this.#hours.size >= MAX_SERVICES) return known
    const window = new HourWindow()
    this.#hours.set(service, window)
    return window
  }

  #watchedNow(service: string, nowMs: number): Watched {
    const known = this.#watched.get(service)
    if (known !== undefined) {
      known.askedAtMs = nowMs
      // Behind all others, so that the first is the one asked for longest ago.
      this.#watched.delete(service)
      this.#watched.set(service, known)
      return known
    }
    const [oldest] = this.#watched.keys()
    if (oldest !== undefined && this.#watched.size >= MAX_WATCHED) this.#watched.delete(oldest)
    const watched = { primary: new MinuteWindow(), canary: new MinuteWindow(), askedAtMs: nowMs }
    this.#watched.set(service, watched)
    return watched
  }
}

/** Why an answer of the upstream never came, or came cut. */
const UPSTREAM_FAILURES: ReadonlySet<string> = new Set([
  'reset',
  'malformed',
  'truncated',
  'read-timeout',
  'internal',
])

/** Answers from 500 on and those that never came; a client that left is no error. */
function isError({ status, reason }: AccessEntry): boolean {
  return status >= 500 || (reason !== null && UPSTREAM_FAILURES.has(reason))
}
