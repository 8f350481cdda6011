import type { CompiledFreeze, Schedule } from './compile-schedule.ts'
import type { ScheduleAnswer } from './schedule-answer.ts'
import { type WindowSpan, windowSpanAt } from './window-span.ts'

const ALWAYS: WindowSpan = {
  isOpen: true,
  fromMs: null,
  untilMs: null,
  knownFromMs: Number.NEGATIVE_INFINITY,
  knownUntilMs: Number.POSITIVE_INFINITY,
}

/** The span last found for each schedule: it is asked each second, and reckoning takes some of a millisecond. */
const LAST_SPANS = new WeakMap<Schedule, WindowSpan>()

/** Whether progress is allowed at a moment (epoch milliseconds), since when and until when. The same for the same input. */
export function scheduleAt(schedule: Schedule, nowMs: number): ScheduleAnswer {
  const frozen = freezeSpan(schedule.freezes, nowMs)
  if (frozen !== null) {
    const reason = freezeReason(schedule.freezes, nowMs)
    return {
      closedBy: 'freeze',
      reason: reason === null ? 'frozen' : `frozen: ${reason}`,
      sinceMs: frozen.fromMs,
      changesAtMs: frozen.untilMs,
    }
  }
  const span = spanAt(schedule, nowMs)
  const { endedMs, beginsMs } = freezesAround(schedule.freezes, nowMs)
  return {
    closedBy: span.isOpen ? null : 'window',
    reason: span.isOpen ? null : `outside the windows: ${schedule.windowsText}`,
    sinceMs: later(span.fromMs, endedMs),
    changesAtMs: sooner(span.untilMs, beginsMs),
  }
}

/** The first moment at or after `nowMs` at which progress is allowed, epoch milliseconds; null: never. */
export function nextOpening(schedule: Schedule, nowMs: number): number | null {
  let atMs = nowMs
  // Each freeze closes an open window once, and hides what follows once.
  for (let i = 0; i <= 2 * schedule.freezes.length + 1; i++) {
    const { closedBy, changesAtMs } = scheduleAt(schedule, atMs)
    if (closedBy === null) return atMs
    if (changesAtMs === null) return null
    atMs = changesAtMs
  }
  return null
}

function spanAt(schedule: Schedule, nowMs: number): WindowSpan {
  if (schedule.windows === null) return ALWAYS
  const known = LAST_SPANS.get(schedule)
  if (known !== undefined && covers(known, nowMs)) return known
  const span = windowSpanAt(schedule.windows, nowMs)
  LAST_SPANS.set(schedule, span)
  return span
}

function covers({ knownFromMs, knownUntilMs }: WindowSpan, nowMs: number): boolean {
  return knownFromMs <= nowMs && nowMs < knownUntilMs
}

/** The freezes around a moment that touch or overlap, as one; null when there is none. */
function freezeSpan(freezes: readonly CompiledFreeze[], nowMs: number) {
  let span: { fromMs: number; untilMs: number } | null = null
  for (const { fromMs, untilMs } of freezes) {
    if (span === null || fromMs > span.untilMs) {
      if (span !== null && nowMs < span.untilMs) break
      span = { fromMs, untilMs }
    } else if (untilMs > span.untilMs) span.untilMs = untilMs
  }
  return span !== null && span.fromMs <= nowMs && nowMs < span.untilMs ? span : null
}

function freezeReason(freezes: readonly CompiledFreeze[], nowMs: number): string | null {
  return freezes.find(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs)?.reason ?? null
}

/** Outside of freezes: when the last one ended, and when the next begins. */
function freezesAround(freezes: readonly CompiledFreeze[], nowMs: number) {
  let endedMs: number | null = null
  for (const { fromMs, untilMs } of freezes) {
    if (fromMs > nowMs) return { endedMs, beginsMs: fromMs }
    endedMs = later(endedMs, untilMs)
  }
  return { endedMs, beginsMs: null }
}

function later(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b > a) ? b : a
}

function sooner(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b < a) ? b : a
}
