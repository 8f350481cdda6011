import { isEnded } from '../../state/phase.ts'
import { happen } from '../happen.ts'
import { addressOf } from '../service-address.ts'
import { type Answer, type Application, done, outOfPlace, refused, unchanged } from '../verb.ts'

/** Starts now, whatever `start` says. */
export function start({ state, surroundings, author }: Application): Answer {
  if (state.phase !== 'scheduled') {
    if (state.phase === 'paused' && state.startedAtMs === null) {
      return refused('it is paused before its start: resume it first')
    }
    return isEnded(state.phase) ? outOfPlace(state) : unchanged('it has started already')
  }
  if (surroundings.service === null) return refused('its service is gone')
  const service = addressOf(surroundings)
  return done('it has started', happen(author, { type: 'started', service }))
}

/** Stops the clock and all progress. */
export function pause({ state, author }: Application): Answer {
  if (state.phase === 'paused') return unchanged(`it is paused already${because(state.reason)}`)
  if (state.phase === 'rolling-back' || isEnded(state.phase)) return outOfPlace(state)
  return done('it is paused', happen(author, { type: 'paused', cause: 'requested' }))
}

/** Goes on; what was changed by hand is written as the release has it. */
export function resume({ state, surroundings, author }: Application): Answer {
  if (state.pause === null) {
    return isEnded(state.phase) || state.phase === 'rolling-back'
      ? outOfPlace(state)
      : unchanged('it is not paused')
  }
  if (surroundings.service === null) return refused('its service is gone')
  const service = addressOf(surroundings)
  const isByHand = state.pause.cause === 'changed-by-hand'
  const message = isByHand ? 'it goes on and writes its own values again' : 'it goes on'
  return done(message, happen(author, { type: 'resumed', service }))
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`
}
