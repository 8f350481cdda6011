import type { Release } from '../document/release.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import { NO_TRAFFIC, type Traffic } from '../state/traffic.ts'
import type { Forecast, ForecastWait } from './forecast.ts'

/** A part of the release with what it does to traffic. */
export interface TimelineRow {
  /** From 0; null for the bake and the end. */
  readonly step: number | null
  readonly kind: string
  readonly name: string
  readonly beginsMs: number
  endsMs: number | null
  traffic: Traffic
  /** The traffic in force, and from when on, in the order in which it came. */
  readonly shares: { readonly fromMs: number; readonly traffic: Traffic }[]
  readonly waits: ForecastWait[]
}

/** The events of a forecast as rows: one for each step, one for the bake, one for the end. */
export function timelineOf(release: Release, { events, waits }: Forecast): TimelineRow[] {
  const rows: TimelineRow[] = []
  let traffic = NO_TRAFFIC
  let told = 0
  events.forEach((event, i) => {
    const begun = rowOf(release, events, i, traffic)
    if (begun !== null) {
      const last = rows.at(-1)
      if (last !== undefined) last.endsMs = event.atMs
      rows.push(begun)
    }
    const row = rows.at(-1)
    if (event.happening.type === 'traffic-set') {
      traffic = event.happening.traffic
      if (row !== undefined) {
        row.traffic = traffic
        row.shares.push({ fromMs: event.atMs, traffic })
      }
    }
    if (isProgress(event) && row !== undefined) {
      const over = waits.slice(told).findIndex(({ before }) => before > i)
      const next = over === -1 ? waits.length : told + over
      row.waits.push(...waits.slice(told, next))
      told = next
    }
  })
  // What is never over holds up what would come next.
  rows.at(-1)?.waits.push(...waits.slice(told))
  return rows
}

function rowOf(
  release: Release,
  events: readonly NewReleaseEvent[],
  i: number,
  traffic: Traffic,
): TimelineRow | null {
  const event = events[i]
  if (event === undefined) return null
  const { happening, atMs } = event
  const row = (kind: string, name: string, step: number | null = null): TimelineRow => ({
    step,
    kind,
    name,
    beginsMs: atMs,
    endsMs: happening.type === 'succeeded' ? atMs : null,
    traffic,
    shares: [{ fromMs: atMs, traffic }],
    waits: [],
  })
  switch (happening.type) {
    case 'step-started': {
      const step = release.steps[happening.step]
      return row(step?.action.kind ?? 'hold', step?.name ?? '', happening.step)
    }
    // Behind the last step everybody comes to the canary, which is no part of that step.
    case 'traffic-set':
      if (events[i + 1]?.happening.type !== 'baking') return null
      return release.bakeMs > 0 ? row('bake', 'bake') : row('finish', '100 %')
    case 'baking':
      if (release.bakeMs === 0 || events[i - 1]?.happening.type === 'traffic-set') return null
      return row('bake', 'bake')
    case 'succeeded':
      return row('end', endName(release))
    default:
      return null
  }
}

function endName({ document }: Release): string {
  return document.on_success === 'promote' ? 'promoted' : 'kept at 100 %'
}

const PROGRESS: ReadonlySet<string> = new Set([
  'step-started',
  'traffic-set',
  'baking',
  'succeeded',
])

function isProgress({ happening }: NewReleaseEvent): boolean {
  return PROGRESS.has(happening.type)
}
