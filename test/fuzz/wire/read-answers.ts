import { type Answered, type ReferenceAnswer, readAnswer } from './reference-answers.ts'

/** A request that an answer is awaited to. */
export interface Awaited extends Answered {
  readonly expectsContinue: boolean
}

export interface Answers {
  /** Final ones, in the order of the requests. */
  readonly finals: readonly ReferenceAnswer[]
  /** What is behind them; not empty while an answer is coming in. */
  readonly rest: string
  /** What is wrong with the bytes; null when nothing is. */
  readonly fault: string | null
}

/** The final answers to these requests, until one closes; a 100 before one only where it is expected. */
export function readAnswers(text: string, awaited: readonly Awaited[], isClosed: boolean): Answers {
  const finals: ReferenceAnswer[] = []
  let at = 0
  for (const to of awaited) {
    for (let isFinal = false; !isFinal; ) {
      const answer = readAnswer(text, at, { to, isClosed })
      if (answer.kind !== 'read') {
        return {
          finals,
          rest: text.slice(at),
          fault: answer.kind === 'refused' ? answer.why : null,
        }
      }
      at = answer.end
      const { status } = answer.value
      isFinal = status >= 200
      if (isFinal) finals.push(answer.value)
      else if (status !== 100 || !to.expectsContinue) {
        return { finals, rest: text.slice(at), fault: `${status} that was not expected` }
      }
    }
    if (finals.at(-1)?.closes) break
  }
  return { finals, rest: text.slice(at), fault: null }
}
