import { GatewayError } from '../../model/errors.ts'
import type { ChangeAuthor, Store } from '../../store/store.ts'
import { applyVerb } from '../engine/apply-verb.ts'
import type { Verb, VerbArguments } from '../engine/verb.ts'
import { isEnded } from '../state/phase.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import type { LiveRelease } from './live-release.ts'
import { type ReleaseBook, read } from './release-book.ts'
import type { ReleaseWriter } from './release-writer.ts'
import type { RollbackFirst } from './rollback-first.ts'
import { surroundingsOf, type World } from './surroundings-of.ts'

export interface VerbCall {
  readonly verb: Verb
  readonly args: Pick<VerbArguments, 'reason' | 'linkId' | 'step'>
  readonly author: ChangeAuthor
}

export interface VerbDone {
  readonly release: LiveRelease
  /** False when its end was already reached. */
  readonly isChanged: boolean
  /** In words. */
  readonly message: string
  /** Null when the record is there; else why it is not yet. */
  readonly unrecorded: string | null
}

export interface VerbParts {
  readonly store: Store
  readonly book: ReleaseBook
  readonly writer: ReleaseWriter
  readonly world: World
  readonly rollbacks: RollbackFirst
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** What people ask of a release. Fails with `not_found`, `verb_refused`, and as the store does. */
export class ReleaseVerbs {
  readonly #parts: VerbParts

  constructor(parts: VerbParts) {
    this.#parts = parts
  }

  /** `key`: id or name of the release. */
  async apply(key: string, call: VerbCall): Promise<VerbDone> {
    const { book, store, rollbacks } = this.#parts
    const release = book.liveNamed(key) ?? (await book.find(store.releases, key))
    const { id } = release.stored
    if (call.verb !== 'rollback') this.#refuseWhilePending(release, call)
    const { events } = this.#judge(release, call)
    return rollbacks.takesBack(release.state, events)
      ? this.#rollBack(release, call)
      : this.#recordInTurn(id, call)
  }

  /** A rollback that came while this one stood in line wins. */
  #refuseWhilePending(release: LiveRelease, { verb }: VerbCall): void {
    if (!this.#parts.rollbacks.isPending(release.stored.id)) return
    throw refused(`${verb} refused: the rollback is not recorded yet; wait for it`, release, [])
  }

  #recordInTurn(id: string, call: VerbCall): Promise<VerbDone> {
    return this.#record(id, call, (before) => this.#refuseWhilePending(before, call))
  }

  async #record(
    id: string,
    call: VerbCall,
    check: (before: LiveRelease) => void,
  ): Promise<VerbDone> {
    const { writer, book } = this.#parts
    return writer.run(call.author, async (transaction, { append }) => {
      const stored = await transaction.releases.get(id)
      if (stored === null) throw new GatewayError('not_found', 'the release was deleted meanwhile')
      const before = book.kept(id) ?? (await read(transaction.releases, stored))
      check(before)
      const { events, message } = this.#judge(before, call)
      if (events.length === 0) {
        return { release: before, isChanged: false, message, unrecorded: null }
      }
      const release = await append(before, events)
      return { release, isChanged: true, message, unrecorded: null }
    })
  }

  /** Decided, and served, before anything is waited for. */
  async #rollBack(release: LiveRelease, call: VerbCall): Promise<VerbDone> {
    const { rollbacks, book } = this.#parts
    const { id } = release.stored
    const { events, message } = this.#judge(release, call)
    if (events.length === 0) return { release, isChanged: false, message, unrecorded: null }
    const record = async () => {
      const present = book.kept(id)
      // Its end was under way already, and no record of a rollback can follow on it.
      if (present === null || isEnded(present.state.phase)) return
      await this.#record(id, call, () => {})
    }
    const recorded = await rollbacks.run(release, events, record)
    const present = book.kept(id)
    if (present !== null && recorded.isRecorded) {
      this.#judge(present, { ...call, args: { ...call.args, linkId: null } })
    }
    return {
      release: rollbacks.servedOf(id) ?? book.kept(id) ?? release,
      isChanged: true,
      message,
      unrecorded: recorded.isRecorded ? null : recorded.reason,
    }
  }

  #judge(
    live: LiveRelease,
    { verb, args, author }: VerbCall,
  ): { readonly events: readonly NewReleaseEvent[]; readonly message: string } {
    const { world, now } = this.#parts
    const nowMs = now()
    const { linkId } = args
    if (linkId !== null && live.events.some((event) => event.linkId === linkId)) {
      throw refused('this link was used already', live, [])
    }
    const surroundings = surroundingsOf(world, live, nowMs)
    const given = { ...args, actor: author.actor, otherLive: this.#otherLive(live) }
    const outcome = applyVerb(verb, given, live.release, live.state, surroundings, nowMs)
    if (outcome.kind === 'refused') throw refused(outcome.message, live, outcome.possible)
    const { message } = outcome
    return { events: outcome.kind === 'events' ? outcome.events : [], message }
  }

  #otherLive({ stored }: LiveRelease): string | null {
    const isOther = (other: LiveRelease) =>
      other.stored.id !== stored.id &&
      (other.stored.serviceId === stored.serviceId || other.stored.name === stored.name)
    return this.#parts.book.live().find(isOther)?.stored.name ?? null
  }
}

function refused(reason: string, { state }: LiveRelease, allowed: readonly string[]): GatewayError {
  return new GatewayError('verb_refused', reason, {
    details: [
      { path: ['phase'], message: state.phase },
      { path: ['allowed'], message: allowed.join(', ') },
    ],
  })
}
