import type { Release } from '../document/release.ts'
import { planRamp } from '../state/ramp.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import type { ReleaseState } from '../state/release-state.ts'
import { NO_TRAFFIC } from '../state/traffic.ts'
import { type Author, happen } from './happen.ts'

/**
 * Takes all traffic back, at once or beginning a ramp. Needs nothing, so that nothing can block it (ADR 0010, rule 5).
 */
export function rollBack(release: Release, state: ReleaseState, author: Author): NewReleaseEvent[] {
  const { rollback } = release
  const share = state.traffic.percentage
  if (rollback.kind === 'ramp' && planRamp(share, 0, rollback.overMs) !== null) {
    return happen(author, { type: 'rollback-started' })
  }
  return happen(
    author,
    { type: 'rollback-started' },
    { type: 'traffic-set', traffic: NO_TRAFFIC },
    { type: 'rolled-back' },
  )
}
