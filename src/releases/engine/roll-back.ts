import { planRamp } from '../state/ramp.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import { NO_TRAFFIC } from '../state/traffic.ts'
import { type Author, happen } from './happen.ts'
import type { Position } from './position.ts'
import { raisesNothing, wantedPlugin } from './wanted-plugin.ts'

/**
 * Takes all traffic back, at once or beginning a ramp. Needs nothing, so that nothing can block it (ADR 0010, rule 5).
 * A ramp is left out where it would give traffic first, since a hand has taken back more already.
 */
export function rollBack(
  { release, state, surroundings }: Pick<Position, 'release' | 'state' | 'surroundings'>,
  author: Author,
): NewReleaseEvent[] {
  const { rollback } = release
  const { percentage } = state.traffic
  const wanted = wantedPlugin(release, { ...NO_TRAFFIC, percentage })
  const isRamp = rollback.kind === 'ramp' && planRamp(percentage, 0, rollback.overMs) !== null
  if (isRamp && raisesNothing(surroundings.plugin, wanted)) {
    return happen(author, { type: 'rollback-started' })
  }
  return happen(
    author,
    { type: 'rollback-started' },
    { type: 'traffic-set', traffic: NO_TRAFFIC },
    { type: 'rolled-back' },
  )
}
