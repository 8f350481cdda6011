import type { Release } from '../document/release.ts'
import type { Forecast, ForecastWait } from './forecast.ts'
import type { PlanSurroundings } from './plan-surroundings.ts'
import type { TimelineRow } from './timeline.ts'

export interface Warned {
  readonly release: Release
  readonly expected: Forecast
  readonly rows: readonly TimelineRow[]
  readonly surroundings: PlanSurroundings
  readonly nowMs: number
}

/** What will hurt, in sentences: what, where, and what can be done. */
export function warningsOf(warned: Warned): string[] {
  return RULES.flatMap((rule) => rule(warned))
}

const RULES: readonly ((warned: Warned) => readonly string[])[] = [
  neverEnds,
  stopped,
  taken,
  takesOver,
  ownRoutes,
  startsInThePast,
  withoutTargets,
  lateEnd,
  shortHolds,
  emptyGroups,
  endsBelowAll,
  noBake,
  waitsForPeople,
]

function neverEnds({ expected: { stuckOn } }: Warned) {
  return stuckOn === null ? [] : [`it would never end: ${stuckOn}`]
}

function stopped({ surroundings: { stop } }: Warned) {
  if (stop === null) return []
  return [`nothing makes progress before resume-all: ${stop.actor} stopped all: ${stop.reason}`]
}

function taken({ release, surroundings: { liveReleases } }: Warned) {
  const sameName = liveReleases.some(({ name }) => name === release.name)
  const other = liveReleases.find(({ serviceId }) => serviceId === release.serviceId)
  return [
    ...(sameName ? [`a live release has the name ${release.name} already: give another one`] : []),
    ...(other === undefined
      ? []
      : [`release ${other.name} of the service is live: wait for its end, or supersede it`]),
  ]
}

function takesOver({ surroundings: { currentSharePercent: share } }: Warned) {
  if (share === null || share === 0) return []
  return [`the canary plugin has a share of ${share} % now: the start takes it to 0 %`]
}

function ownRoutes({ surroundings: { routesOfTheirOwn } }: Warned) {
  return routesOfTheirOwn.map(
    (route) =>
      `route ${route} has a canary plugin of its own: the release moves nothing there, and its rollback takes nothing back`,
  )
}

function startsInThePast({ release: { start, document }, nowMs }: Warned) {
  if (start.kind !== 'at' || start.atMs >= nowMs) return []
  return [`start ${document.start} is in the past: it starts at once`]
}

function withoutTargets({ surroundings: { canaryUpstream } }: Warned) {
  if (canaryUpstream === null || canaryUpstream.targets > 0) return []
  return [`upstream ${canaryUpstream.name} has no targets: nothing gets on the canary without one`]
}

/** The last of the steps, and what comes behind it, are when people should be there. */
function lateEnd({ rows, release }: Warned) {
  const last = release.steps.length - 1
  return rows
    .filter(({ step }) => step === null || step === last)
    .flatMap(({ waits, kind, name, step }) => {
      const wait = longest(waits)
      if (wait === null) return []
      const what = step === null ? nameOfEnd(kind) : `the last step (${name})`
      const until = wait.untilMs === null ? 'for ever' : `until ${iso(wait.untilMs)}`
      return [`${what} is due at ${iso(wait.fromMs)} and waits ${until}: ${wait.reason}`]
    })
}

function nameOfEnd(kind: string): string {
  return kind === 'end' ? 'the end' : 'the move to 100 %'
}

function longest(waits: readonly ForecastWait[]): ForecastWait | null {
  const length = ({ fromMs, untilMs }: ForecastWait) =>
    (untilMs ?? Number.POSITIVE_INFINITY) - fromMs
  return waits.toSorted((a, b) => length(b) - length(a))[0] ?? null
}

function shortHolds({ release, rows, surroundings: { canaryUpstream } }: Warned) {
  const intervalMs = canaryUpstream?.probeIntervalMs ?? null
  if (intervalMs === null) return []
  return rows.flatMap(({ step, name, shares }) => {
    if (step === null || shares.length < 2) return []
    const isLast = step === release.steps.length - 1
    const holdMs = (release.steps[step]?.holdMs ?? 0) + (isLast ? release.bakeMs : 0)
    if (holdMs >= intervalMs) return []
    return [
      `step ${step + 1} (${name}) holds for ${holdMs / 1000} s, less than the ${intervalMs / 1000} s between two probes of upstream ${canaryUpstream?.name}: it goes on before anything is noticed`,
    ]
  })
}

function emptyGroups({ rows, surroundings: { groupMembers } }: Warned) {
  const groups = new Set(rows.flatMap(({ traffic }) => traffic.groups))
  return [...groups]
    .filter((group) => (groupMembers.get(group) ?? 0) === 0)
    .map((group) => `group ${group} has no members: it puts nobody on the canary`)
}

function endsBelowAll({ rows, release }: Warned) {
  const last = rows.findLast(({ step }) => step !== null)
  if (last?.step !== release.steps.length - 1 || last.traffic.percentage === 100) return []
  return [
    `behind the last step the share goes from ${last.traffic.percentage} % to 100 % at once: end with a step to 100 %`,
  ]
}

/** A hold at 100 % in the last step is as good as a bake. */
function noBake({ release: { document, bakeMs, steps }, rows }: Warned) {
  const last = rows.findLast(({ step }) => step !== null)
  const holdMs = last?.traffic.percentage === 100 ? (steps[last.step ?? 0]?.holdMs ?? 0) : 0
  if (document.on_success !== 'promote' || bakeMs > 0 || holdMs > 0) return []
  return ['bake is 0s: it is promoted as soon as it is at 100 %, and no command rolls it back then']
}

function waitsForPeople({ release: { steps } }: Warned) {
  return steps.flatMap(({ action, name }, i) =>
    action.kind === 'approval' && action.timeoutMs === null
      ? [`step ${i + 1} (${name}) has no timeout: it waits until somebody decides`]
      : [],
  )
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
