import type { Release } from '../../../src/releases/document/release.ts'
import type { ReleaseEvent } from '../../../src/releases/state/release-event.ts'

/** What is wrong with the whole log of a release, in words. Reckoned without the fold, which it checks. */
export function problemsOfLog(release: Release, log: readonly ReleaseEvent[]): string[] {
  return [
    ...orderProblems(release, log),
    ...holdProblems(release, log),
    ...gateProblems(release, log),
  ]
}

/** No step is run twice or left out, but by a verb; people have approved as they must. */
function orderProblems(release: Release, log: readonly ReleaseEvent[]): string[] {
  const problems: string[] = []
  const creator = log[0]?.actor
  let expected = 0
  let running: number | null = null
  let approvals = new Set<string>()
  let isWaived = false
  for (const { happening, actor } of log) {
    switch (happening.type) {
      case 'step-started':
        if (running !== null) problems.push(`step ${happening.step} begins inside another`)
        if (happening.step !== expected) {
          problems.push(`step ${happening.step} begins, not ${expected}`)
        }
        running = happening.step
        expected = happening.step + 1
        approvals = new Set()
        isWaived = false
        break
      case 'approved': {
        const action = release.steps[happening.step]?.action
        if (running !== happening.step || action?.kind !== 'approval') problems.push('stray yes')
        else if (action.from?.includes(actor) === false) problems.push('a stranger approves')
        if (release.document.four_eyes && actor === creator) problems.push('its creator approves')
        approvals.add(actor)
        break
      }
      case 'approval-expired':
        isWaived = true
        break
      case 'advanced':
      case 'step-done': {
        if (running === null && happening.type === 'advanced') break
        if (running !== happening.step) problems.push(`step ${happening.step} ends unbegun`)
        const action = release.steps[happening.step]?.action
        const isShort = action?.kind === 'approval' && approvals.size < action.count
        if (isShort && !isWaived) problems.push('an approval is missing')
        running = null
        break
      }
      case 'jumped':
      case 'retried':
        expected = happening.type === 'jumped' ? happening.step : 0
        running = null
        break
      case 'baking':
        if (expected !== release.steps.length || running !== null) {
          problems.push(`it bakes before step ${expected}`)
        }
        break
      default:
    }
  }
  return problems
}

const ACTING = new Set([
  'step-started',
  'traffic-set',
  'approved',
  'approval-expired',
  'gate-passed',
])

/** A hold is as long as it says, without the time in which it was paused. */
function holdProblems(release: Release, log: readonly ReleaseEvent[]): string[] {
  const problems: string[] = []
  let heldMs = 0
  let sinceMs: number | null = null
  let isRestoring = false
  let lastCause: string | null = null
  for (const { happening, atMs } of log) {
    const { type } = happening
    if (type === 'paused') {
      if (sinceMs !== null) heldMs += atMs - sinceMs
      sinceMs = null
      lastCause = happening.cause
    } else if (type === 'resumed') {
      sinceMs = atMs
      isRestoring ||= lastCause === 'changed-by-hand'
    } else if (type === 'traffic-set' && isRestoring) {
      isRestoring = false
    } else if (ACTING.has(type) && !isGateOfRelease(release, happening)) {
      heldMs = 0
      if (sinceMs !== null || type === 'step-started') sinceMs = atMs
    } else if (type === 'step-done') {
      const held = heldMs + (sinceMs === null ? 0 : atMs - sinceMs)
      const { holdMs } = release.steps[happening.step] ?? { holdMs: 0 }
      if (held < holdMs) problems.push(`step ${happening.step} holds ${held} of ${holdMs} ms`)
    }
  }
  return problems
}

function isGateOfRelease(release: Release, happening: ReleaseEvent['happening']): boolean {
  return (
    happening.type === 'gate-passed' && release.gates.some(({ name }) => name === happening.gate)
  )
}

/** Each increase that the release makes by itself has the yes of all gates for it. */
function gateProblems(release: Release, log: readonly ReleaseEvent[]): string[] {
  const needed = release.gates.filter(({ type }) => type === 'confirm-traffic-increase')
  const problems: string[] = []
  let share = 0
  let passed = new Set<string>()
  for (const { happening } of log) {
    if (happening.type === 'gate-passed') passed.add(happening.gate)
    if (happening.type === 'retried') share = 0
    if (happening.type !== 'traffic-set') continue
    const isPromotion = log.some(
      (other) => other.happening.type === 'succeeded' && other.actor !== 'gateway',
    )
    if (happening.traffic.percentage > share && !isPromotion) {
      const missing = needed.filter(({ name }) => !passed.has(name))
      if (missing.length > 0) problems.push(`rises without ${missing.map(({ name }) => name)}`)
    }
    share = happening.traffic.percentage
    passed = new Set()
  }
  return problems
}
