import type { PluginView } from '../../../src/releases/engine/surroundings.ts'
import type { Write } from '../../../src/releases/simulation/world.ts'
import { hasTraffic } from '../../../src/releases/state/release-state.ts'

interface Exposure {
  readonly share: number
  readonly groups: readonly string[]
  readonly header: string | null
}

/** Who is on the canary by the plugin. */
function exposureOf(plugin: PluginView | null): Exposure {
  if (plugin === null || !plugin.isEnabled) return { share: 0, groups: [], header: null }
  const { percentage, always_groups, canary_by_header_name } = plugin.config
  return {
    share: percentage ?? 0,
    groups: always_groups ?? [],
    header: canary_by_header_name,
  }
}

function rises(before: Exposure, after: Exposure): boolean {
  return (
    after.share > before.share ||
    after.groups.some((group) => !before.groups.includes(group)) ||
    (after.header !== null && after.header !== before.header)
  )
}

/** What is wrong with one transaction, in words; empty when nothing is. */
export function problemsOfWrite(write: Write): string[] {
  return [...riseProblems(write), ...endProblems(write)].map(
    (problem) => `${problem}, with ${write.events.map(({ happening }) => happening.type)}`,
  )
}

function riseProblems({
  surroundings,
  pluginAfter,
  stateBefore,
  isByVerb,
  events,
}: Write): string[] {
  if (!rises(exposureOf(surroundings.plugin), exposureOf(pluginAfter))) return []
  const problems: string[] = []
  const types = events.map(({ happening }) => happening.type)
  const isPromotion = isByVerb && types.includes('succeeded')
  if (!types.includes('traffic-set')) problems.push('rises without an event for it')
  if (surroundings.stop !== null) problems.push('rises in a global stop')
  if (!surroundings.isCanaryUsable) problems.push('rises with sick targets')
  if (isPromotion) return problems
  if (isByVerb) problems.push('rises by a verb that does not promote')
  const isOnItsWay = stateBefore.phase === 'progressing' || stateBefore.isRestoring
  if (!isOnItsWay || stateBefore.phase === 'paused')
    problems.push(`rises while ${stateBefore.phase}`)
  if (surroundings.schedule.closedBy !== null) {
    problems.push(`rises in a closed ${surroundings.schedule.closedBy}`)
  }
  return problems
}

function endProblems({ release, surroundings, stateAfter, pluginAfter, isByVerb, events }: Write) {
  const problems: string[] = []
  const types = events.map(({ happening }) => happening.type)
  const after = exposureOf(pluginAfter)
  const isNobodyThere = after.share === 0 && after.groups.length === 0 && after.header === null
  const ownsPlugin = stateAfter.startedAtMs !== null && surroundings.service !== null
  if (types.includes('rollback-started')) {
    if (release.rollback.kind === 'instant' && stateAfter.phase !== 'rolled-back') {
      problems.push('an instant rollback takes its time')
    }
    if (ownsPlugin && (after.groups.length > 0 || after.header !== null)) {
      problems.push('a rollback leaves groups or a preview')
    }
  }
  if (types.includes('rolled-back') || types.includes('superseded')) {
    if (hasTraffic(stateAfter.traffic)) problems.push('it ends with traffic')
    if (ownsPlugin && !isNobodyThere) problems.push('it ends with somebody on the canary')
  }
  if (types.includes('succeeded')) {
    if (stateAfter.traffic.percentage !== 100) problems.push('it succeeds below 100 %')
    if (!isByVerb && surroundings.schedule.closedBy !== null) {
      problems.push('it succeeds outside its windows')
    }
  }
  return problems
}
