import type { AccessEntry } from '../access-entry.ts'
import { type HourReadings, HourWindow } from './hour-window.ts'
import { MinuteWindow, type SideReadings } from './minute-window.ts'

export interface MinuteReadings {
  readonly primary: SideReadings
  readonly canary: SideReadings
}

/** Services beyond this are not measured. */
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

interface ServiceTraffic {
  readonly hour: HourWindow
  /** Null while nobody asks. */
  minute: Watched | null
}

/**
 * What went through each service of late, by the name that the access log gives it: the last hour of all, and of those
 * that somebody asks for the last minute of both sides. At most 10 MiB and 6 MiB.
 */
export class TrafficWindows {
  readonly #services = new Map<string, ServiceTraffic>()
  /** Those with a minute; the one asked for longest ago first. */
  readonly #watched = new Set<ServiceTraffic>()

  record(entry: AccessEntry): void {
    const { service } = entry
    if (service === null) return
    const traffic = this.#services.get(service) ?? this.#newService(service)
    if (traffic === null) return
    const nowMs = entry.at + entry.totalMs
    traffic.hour.record(nowMs, entry.consumer)
    const { minute } = traffic
    if (minute === null) return
    if (nowMs - minute.askedAtMs > WATCHED_FOR_MS) this.#unwatch(traffic)
    else recordMinute(minute, entry, nowMs)
  }

  /** The last minute, and nothing from long before `sinceMs`; measured from the first question on. */
  minute(service: string, nowMs: number, sinceMs = 0): MinuteReadings {
    const traffic = this.#services.get(service) ?? this.#newService(service)
    const { primary, canary } = traffic === null ? newMinute(nowMs) : this.#watch(traffic, nowMs)
    return { primary: primary.read(nowMs, sinceMs), canary: canary.read(nowMs, sinceMs) }
  }

  hour(service: string, nowMs: number): HourReadings {
    return this.#services.get(service)?.hour.read(nowMs) ?? { requests: 0, consumers: null }
  }

  #newService(service: string): ServiceTraffic | null {
    if (this.#services.size >= MAX_SERVICES) return null
    const traffic = { hour: new HourWindow(), minute: null }
    this.#services.set(service, traffic)
    return traffic
  }

  #watch(traffic: ServiceTraffic, nowMs: number): Watched {
    const minute = traffic.minute ?? newMinute(nowMs)
    traffic.minute = minute
    minute.askedAtMs = nowMs
    this.#watched.delete(traffic)
    this.#watched.add(traffic)
    const [oldest] = this.#watched
    if (oldest !== undefined && this.#watched.size > MAX_WATCHED) this.#unwatch(oldest)
    return minute
  }

  #unwatch(traffic: ServiceTraffic): void {
    traffic.minute = null
    this.#watched.delete(traffic)
  }
}

function newMinute(askedAtMs: number): Watched {
  return { primary: new MinuteWindow(), canary: new MinuteWindow(), askedAtMs }
}

function recordMinute({ primary, canary }: Watched, entry: AccessEntry, nowMs: number): void {
  const { fallback, variant, totalMs } = entry
  if (fallback !== null) canary.record(nowMs, fallback.totalMs, true)
  const side = variant === 'canary' ? canary : primary
  side.record(nowMs, totalMs - (fallback?.totalMs ?? 0), isError(entry))
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
