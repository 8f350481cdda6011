import { GatewayError } from '../../model/errors.ts'
import type { Release } from '../document/release.ts'
import type { ReleaseState } from '../state/release-state.ts'
import { possibleVerbs } from './possible-verbs.ts'
import type { Surroundings } from './surroundings.ts'
import type { Answer, Application, Verb, VerbArguments, VerbOutcome } from './verb.ts'
import { approve, reject } from './verbs/approval.ts'
import { cancel, promote, retry, rollback } from './verbs/end.ts'
import { pause, resume, start } from './verbs/pause.ts'
import { advance, jump } from './verbs/step.ts'

const APPLY = {
  start,
  pause,
  resume,
  advance,
  jump,
  approve,
  reject,
  promote,
  rollback,
  retry,
  cancel,
} satisfies Record<Verb, (application: Application) => Answer>

/**
 * What a verb does to a release: events to append, nothing since its end is reached, or a refusal with what can be
 * done instead. The table of verbs and phases is in ADR 0010, rule 8.
 */
export function applyVerb(
  verb: Verb,
  given: VerbArguments,
  release: Release,
  state: ReleaseState,
  surroundings: Surroundings,
  nowMs: number,
): VerbOutcome {
  const { actor, reason, linkId } = given
  const author = { actor, reason, linkId, atMs: nowMs }
  const answer = APPLY[verb]({ release, state, surroundings, nowMs, author, given })
  if (answer.kind !== 'refused') return answer
  const possible = possibleVerbs(release, state)
  const instead = possible.length === 0 ? 'nothing can be done' : `possible: ${possible.join(', ')}`
  const message = `${verb} of release ${release.name} refused: ${answer.message}; ${instead}`
  return { ...answer, message, possible }
}

/** The refusal as an error: verb_refused. */
export function verbRefused({ message }: Extract<VerbOutcome, { kind: 'refused' }>): GatewayError {
  return new GatewayError('verb_refused', message)
}
