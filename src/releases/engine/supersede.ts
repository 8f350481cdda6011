import { isEnded } from '../state/phase.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import type { ReleaseState } from '../state/release-state.ts'
import { type Author, happen } from './happen.ts'

/**
 * Ends a live release in favour of another, whose id is `by`: its traffic is taken to 0 with it (ADR 0010, rule 9).
 * Nothing of one that has ended.
 */
export function supersede(state: ReleaseState, by: string, author: Author): NewReleaseEvent[] {
  return isEnded(state.phase) ? [] : happen(author, { type: 'superseded', by })
}
