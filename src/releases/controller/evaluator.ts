import type { Draws } from '../../model/draws.ts'
import { byItself } from '../engine/happen.ts'
import { rollBack } from '../engine/roll-back.ts'
import { isEnded } from '../state/phase.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import { gatewayAuthor } from './gateway-author.ts'
import type { LiveRelease } from './live-release.ts'
import type { OncePerCause } from './once-per-cause.ts'
import type { ReleaseBook } from './release-book.ts'
import type { ReleaseWriter } from './release-writer.ts'
import type { RollbackFirst } from './rollback-first.ts'
import { AT_REST, nextMove, type Waiting } from './standing.ts'
import { surroundingsOf, type World } from './surroundings-of.ts'
import { ToldWaits, type WaitingNotice, waitingNotice } from './waiting-notice.ts'
import { WakeUps } from './wake-ups.ts'

/** More moves than this at a time, and the rest comes with the next tick: other releases have their turn. */
const MAX_MOVES = 50

export interface EvaluatorParts {
  readonly book: ReleaseBook
  readonly writer: ReleaseWriter
  readonly world: World
  readonly draws: Draws
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Nothing else may happen to a release whose rollback is not recorded yet. */
  readonly rollbacks: RollbackFirst
  readonly failures: OncePerCause
  /** Called once for each wait that people are told of. Must not throw. */
  readonly waits: (live: LiveRelease, notice: WaitingNotice) => void
}

/** Makes the moves of releases, each until it waits for something. */
export class Evaluator {
  readonly #parts: EvaluatorParts
  /** Whether it is to be evaluated once more when the evaluation under way is through. */
  readonly #underWay = new Map<string, { isAgainWanted: boolean; readonly done: Promise<void> }>()
  readonly #waiting = new Map<string, Waiting>()
  readonly #toldWaits = new ToldWaits()
  readonly #wakeUps = new WakeUps((id) => this.evaluateSoon(id))

  constructor(parts: EvaluatorParts) {
    this.#parts = parts
  }

  /** What a release waited for when it was last looked at. */
  waitingOf(releaseId: string): Waiting {
    return this.#waiting.get(releaseId) ?? AT_REST
  }

  /** Settles when the release waits, or what stopped it is told. Never rejects. */
  async evaluate(releaseId: string): Promise<void> {
    return this.#begun(releaseId)
  }

  /** Nothing is looked at by itself any more. */
  stop(): void {
    this.#wakeUps.stop()
  }

  /** The same without waiting for it. */
  evaluateSoon(releaseId: string): void {
    void this.#begun(releaseId)
  }

  #begun(releaseId: string): Promise<void> {
    const running = this.#underWay.get(releaseId)
    if (running !== undefined) {
      running.isAgainWanted = true
      return running.done
    }
    const state = { isAgainWanted: false, done: Promise.resolve() }
    state.done = this.#repeat(releaseId, state)
    this.#underWay.set(releaseId, state)
    return state.done
  }

  async #repeat(releaseId: string, state: { isAgainWanted: boolean }): Promise<void> {
    try {
      let isThrough: boolean
      do {
        state.isAgainWanted = false
        isThrough = await this.#movesOf(releaseId)
      } while (isThrough && state.isAgainWanted)
      const { rollbacks, failures } = this.#parts
      if (!rollbacks.isPending(releaseId)) failures.succeeded(releaseId)
    } catch (error) {
      this.#parts.failures.failed(releaseId, error)
    } finally {
      this.#underWay.delete(releaseId)
    }
  }

  /** False when there is more to do, which comes with the next tick. */
  async #movesOf(releaseId: string): Promise<boolean> {
    for (let moves = 0; moves < MAX_MOVES; moves++) {
      const live = this.#movable(releaseId)
      if (live === null) return true
      const { world, now, rollbacks } = this.#parts
      const move = nextMove(world, live, now())
      if (move.kind === 'wait') {
        const isOver = isEnded(live.state.phase) && move.untilMs === null
        if (isOver && world.desk.askingOf(releaseId).size === 0) this.#forget(releaseId)
        else this.#keepWaiting(live, move)
        return true
      }
      if (move.kind === 'ask') world.desk.ask(live, move.question)
      else if (rollbacks.takesBack(live.state, move.events)) await this.#rollBack(live, move.events)
      else await this.#write(releaseId)
    }
    return false
  }

  /** Decides once more inside of the transaction: something else may have happened while it stood in line. */
  async #write(releaseId: string): Promise<void> {
    const { writer, world, draws, now } = this.#parts
    await writer.run(gatewayAuthor(draws, now()), async (_, { append }) => {
      const live = this.#movable(releaseId)
      if (live === null) return
      const move = nextMove(world, live, now())
      if (move.kind === 'append') await append(live, move.events)
    })
  }

  /** Served first, and recorded by whatever the release has become meanwhile. */
  async #rollBack(decided: LiveRelease, events: readonly NewReleaseEvent[]): Promise<void> {
    const { writer, book, draws, now, world, rollbacks } = this.#parts
    const { id } = decided.stored
    await rollbacks.run(decided, events, () =>
      writer.run(gatewayAuthor(draws, now()), async (_, { append }) => {
        const live = book.kept(id)
        if (live === null || isEnded(live.state.phase)) return
        if (live.state.sequence === decided.state.sequence) {
          await append(live, events)
          return
        }
        const surroundings = surroundingsOf(world, live, now())
        const author = byItself(now(), events[0]?.reason ?? null)
        await append(live, rollBack({ ...live, surroundings }, author))
      }),
    )
  }

  #keepWaiting(live: LiveRelease, waiting: Waiting): void {
    const { id } = live.stored
    this.#waiting.set(id, waiting)
    if (waiting.untilMs !== null) this.#wakeUps.in(id, waiting.untilMs - this.#parts.now())
    const notice = waitingNotice(live, waiting)
    if (notice !== null && this.#toldWaits.isNew(id, notice)) this.#parts.waits(live, notice)
  }

  #movable(releaseId: string): LiveRelease | null {
    const { book, rollbacks } = this.#parts
    return rollbacks.isPending(releaseId) ? null : book.kept(releaseId)
  }

  #forget(releaseId: string): void {
    const { book, world } = this.#parts
    book.forget(releaseId)
    world.desk.close(releaseId)
    world.rules.forget(releaseId)
    this.#waiting.delete(releaseId)
    this.#toldWaits.forget(releaseId)
    this.#wakeUps.cancel(releaseId)
  }
}
