import type { ReleaseGate } from '../document/release.ts'
import { gateState } from '../state/fold-gates.ts'
import { gatesOf, keyOf, question } from './ask-gates.ts'
import { byItself, happen } from './happen.ts'
import type { Move } from './move.ts'
import { append, type Position } from './position.ts'
import { rollBack } from './roll-back.ts'
import { isSameAddress } from './service-address.ts'
import type { GateAnswer } from './surroundings.ts'
import { differsFrom, wantedPlugin } from './wanted-plugin.ts'

/** What is wrong with a release that is under way, and what follows; null when nothing is. */
export function alarm(position: Position): Move | null {
  return changedByHand(position) ?? gateAlarm(position)
}

/** When a gate that is asked again and again is due, epoch milliseconds; null when none is, or it is being asked. */
export function nextAlarmMs(position: Position): number | null {
  const times = watchingGates(position).flatMap((gate) => {
    const answer = position.surroundings.answers.get(watchKey(position, gate))
    const atMs = answer === undefined ? 0 : answer.atMs + gate.intervalMs
    return atMs > position.nowMs ? [atMs] : []
  })
  return times.length === 0 ? null : Math.min(...times)
}

const UNDER_WAY: readonly string[] = ['progressing', 'baking', 'promoting']

/** A person who changes what the release owns knows why: the release does not fight (ADR 0010, rule 7). */
function changedByHand({ release, state, surroundings, nowMs }: Position): Move | null {
  if (!UNDER_WAY.includes(state.phase)) return null
  const fields = differsFrom(surroundings.plugin, wantedPlugin(release, state.traffic))
  if (fields.length > 0 && !state.isRestoring) {
    const author = byItself(nowMs, byHand(fields))
    return append(happen(author, { type: 'paused', cause: 'changed-by-hand' }))
  }
  const { service } = surroundings
  if (service === null || state.service === null || isSameAddress(service, state.service)) {
    return null
  }
  const author = byItself(nowMs, 'the host, port or path of the service was changed')
  return append(happen(author, { type: 'paused', cause: 'service-changed' }))
}

function byHand(fields: readonly string[]): string {
  if (fields.includes('plugin')) return 'changed by hand: the canary plugin was deleted'
  if (fields.includes('enabled')) return 'changed by hand: the canary plugin was disabled'
  return `changed by hand: ${fields.join(', ')} of the canary plugin`
}

function gateAlarm(position: Position): Move | null {
  for (const gate of watchingGates(position)) {
    const move = watch(position, gate)
    if (move !== null) return move
  }
  return null
}

/** Gates that may roll back are asked while paused too; those that count refusals only while it goes on. */
function watchingGates({ release, state }: Position): ReleaseGate[] {
  const isUnderWay = UNDER_WAY.includes(state.phase)
  const isPaused = state.phase === 'paused' && state.startedAtMs !== null
  return [
    ...(isUnderWay || isPaused ? gatesOf(release, 'rollback') : []),
    ...(isUnderWay ? gatesOf(release, 'rollout') : []),
  ]
}

function watchKey(position: Position, gate: ReleaseGate): string {
  return keyOf(position, gate, 'watch')
}

function watch(position: Position, gate: ReleaseGate): Move | null {
  const { state, surroundings, nowMs } = position
  const key = watchKey(position, gate)
  const answer = surroundings.answers.get(key)
  if (answer !== undefined) {
    const move = answered(position, gate, answer)
    if (move !== null) return move
    if (nowMs < answer.atMs + gate.intervalMs) return null
  }
  return surroundings.asking.has(key) ? null : question(state, gate, key)
}

function answered(position: Position, gate: ReleaseGate, answer: GateAnswer): Move | null {
  const { state, nowMs } = position
  const { name, type, threshold } = gate
  if (type === 'rollback') {
    if (!answer.isYes) return null
    return append(rollBack(position, byItself(nowMs, `gate ${name}: ${answer.detail}`)))
  }
  const known = gateState(state, name)
  if (answer.isYes || known.answeredAtMs === answer.atMs) return null
  const refusals = known.refusals + 1
  const reason = `gate ${name}, refusal ${refusals} of ${threshold}: ${answer.detail}`
  const author = byItself(nowMs, reason)
  const verdict = { gate: name, detail: answer.detail, answeredAtMs: answer.atMs }
  const events = happen(author, { type: 'gate-refused', ...verdict })
  return append(refusals < threshold ? events : [...events, ...rollBack(position, author)])
}
