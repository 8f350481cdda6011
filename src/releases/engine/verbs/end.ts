import { isEnded } from '../../state/phase.ts'
import type { ReleaseHappening } from '../../state/release-event.ts'
import { hasTraffic } from '../../state/release-state.ts'
import { happen } from '../happen.ts'
import { withShare } from '../next-traffic.ts'
import { NO_TARGET } from '../obstacles.ts'
import { rollBack } from '../roll-back.ts'
import { addressOf } from '../service-address.ts'
import { type Answer, type Application, done, outOfPlace, refused, unchanged } from '../verb.ts'

/** Leaves out all steps, gates, windows, freezes and the bake. A healthy target and a global stop count. */
export function promote({ state, surroundings, author }: Application): Answer {
  if (state.phase === 'succeeded') return unchanged('it is promoted already')
  if (isEnded(state.phase) || state.phase === 'rolling-back') return outOfPlace(state)
  if (surroundings.service === null) return refused('its service is gone')
  if (surroundings.stop !== null) {
    const { actor, reason } = surroundings.stop
    return refused(`all releases were stopped by ${actor}: ${reason}`)
  }
  if (!surroundings.isCanaryUsable) return refused(NO_TARGET)
  const traffic = withShare(state.traffic, 100)
  const service = addressOf(surroundings)
  const started: ReleaseHappening[] =
    state.startedAtMs === null ? [{ type: 'started', service }] : []
  const raised: ReleaseHappening[] =
    traffic === state.traffic ? [] : [{ type: 'traffic-set', traffic }]
  const events = happen(author, ...started, ...raised, { type: 'promoting' }, { type: 'succeeded' })
  return done('it is promoted', events)
}

/** Takes all traffic back. Nothing blocks it (ADR 0010, rule 5). */
export function rollback(application: Application): Answer {
  const { state, author } = application
  switch (state.phase) {
    case 'rolled-back':
    case 'rolling-back':
      return unchanged(`it is ${state.phase} already`)
    case 'succeeded':
      return refused('it has succeeded; `canary share` and a new release lead back')
    case 'failed':
    case 'superseded':
      return outOfPlace(state)
    case 'scheduled':
    case 'paused':
    case 'progressing':
    case 'baking':
    case 'promoting': {
      const events = rollBack(application, author)
      const isOver = events.some(({ happening }) => happening.type === 'rolled-back')
      return done(isOver ? 'it is rolled back' : 'it is being rolled back by its ramp', events)
    }
  }
}

/** Begins again at the first step, with the same salt. */
export function retry({ state, surroundings, author, given }: Application): Answer {
  if (state.phase !== 'rolled-back' && state.phase !== 'failed') {
    return state.attempt > 1 && !isEnded(state.phase) && state.phase !== 'rolling-back'
      ? unchanged('it has begun again already')
      : outOfPlace(state)
  }
  if (surroundings.service === null) return refused('its service is gone')
  if (given.otherLive !== null) {
    return refused(`release ${given.otherLive} is live; end it first`)
  }
  const service = addressOf(surroundings)
  return done('it begins again', happen(author, { type: 'retried', service }))
}

/** Ends what has given nobody to the canary yet. */
export function cancel({ state, author }: Application): Answer {
  if (state.phase === 'failed') return unchanged('it has ended already')
  if (isEnded(state.phase) || state.phase === 'rolling-back') return outOfPlace(state)
  if (hasTraffic(state.traffic)) return refused('some are on the canary already: roll it back')
  const { actor, reason } = author
  const because = reason === null ? '' : `: ${reason}`
  const cancelled = { ...author, reason: `cancelled by ${actor}${because}` }
  return done('it is cancelled', happen(cancelled, { type: 'failed' }))
}
