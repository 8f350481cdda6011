import type { GateQuestion } from '../engine/move.ts'
import type { GateAnswer } from '../engine/surroundings.ts'
import type { LiveRelease } from './live-release.ts'

/** Asks a gate. Must not reject: an answer that never came is a no, with why. */
export type AskQuestion = (
  live: LiveRelease,
  question: GateQuestion,
  signal: AbortSignal,
) => Promise<GateAnswer>

interface Desk {
  readonly answers: Map<string, GateAnswer>
  readonly asking: Set<string>
  readonly abort: AbortController
}

/** Keys hold the move that they are asked for; those of moves long past are never read again. */
const MAX_ANSWERS = 100

/** Questions to gates and their latest answers, in memory only: after a restart they are asked again. */
export class GateDesk {
  readonly #ask: AskQuestion
  readonly #answered: (releaseId: string) => void
  readonly #desks = new Map<string, Desk>()
  readonly #underWay = new Set<Promise<void>>()

  /** `answered` is called when an answer is there. */
  constructor(ask: AskQuestion, answered: (releaseId: string) => void) {
    this.#ask = ask
    this.#answered = answered
  }

  answersOf(releaseId: string): ReadonlyMap<string, GateAnswer> {
    return this.#desks.get(releaseId)?.answers ?? NO_ANSWERS
  }

  /** Keys of the questions under way. */
  askingOf(releaseId: string): ReadonlySet<string> {
    return this.#desks.get(releaseId)?.asking ?? NOTHING
  }

  /** Begins to ask; nothing when this question is under way. */
  ask(live: LiveRelease, question: GateQuestion): void {
    const releaseId = live.stored.id
    const desk = this.#deskOf(releaseId)
    if (desk.asking.has(question.key)) return
    desk.asking.add(question.key)
    const asking = this.#ask(live, question, desk.abort.signal).then((answer) => {
      desk.asking.delete(question.key)
      if (desk.abort.signal.aborted) return
      desk.answers.delete(question.key)
      desk.answers.set(question.key, answer)
      const [oldest] = desk.answers.keys()
      if (oldest !== undefined && desk.answers.size > MAX_ANSWERS) desk.answers.delete(oldest)
      this.#answered(releaseId)
    })
    this.#underWay.add(asking)
    void asking.finally(() => this.#underWay.delete(asking))
  }

  /** Ends the questions of a release that is not live any more. */
  close(releaseId: string): void {
    this.#desks.get(releaseId)?.abort.abort()
    this.#desks.delete(releaseId)
  }

  async stop(): Promise<void> {
    for (const releaseId of [...this.#desks.keys()]) this.close(releaseId)
    await Promise.allSettled(this.#underWay)
  }

  #deskOf(releaseId: string): Desk {
    const known = this.#desks.get(releaseId)
    if (known !== undefined) return known
    const desk = { answers: new Map(), asking: new Set<string>(), abort: new AbortController() }
    this.#desks.set(releaseId, desk)
    return desk
  }
}

const NO_ANSWERS: ReadonlyMap<string, GateAnswer> = new Map()
const NOTHING: ReadonlySet<string> = new Set()
