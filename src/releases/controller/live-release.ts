import type { StoredRelease, StoredReleaseEvent } from '../../store/releases/release-store.ts'
import { compileRelease } from '../document/compile-release.ts'
import type { Release } from '../document/release.ts'
import { applyEvent, foldEvents } from '../state/fold.ts'
import type { ReleaseState } from '../state/release-state.ts'

/** A release with its events, compiled and folded. */
export interface LiveRelease {
  readonly stored: StoredRelease
  readonly release: Release
  readonly events: readonly StoredReleaseEvent[]
  readonly state: ReleaseState
}

/** Of what is stored. Throws when its events are not those of a release. */
export function liveRelease(
  stored: StoredRelease,
  events: readonly StoredReleaseEvent[],
): LiveRelease {
  const release = compileRelease(stored.id, stored.serviceId, stored.document)
  return { stored, release, events, state: foldEvents(release, events) }
}

/** The same after more events. */
export function withEvents(
  live: LiveRelease,
  added: readonly StoredReleaseEvent[],
  outcome: StoredRelease['outcome'],
): LiveRelease {
  const { stored, release, events, state } = live
  return {
    stored: { ...stored, outcome },
    release,
    events: [...events, ...added],
    state: added.reduce((before, event) => applyEvent(release, before, event), state),
  }
}
