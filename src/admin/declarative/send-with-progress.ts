import type { Response } from 'express'
import { GatewayError } from '../../model/errors.ts'
import { kongErrorBody } from '../kong/errors.ts'
import type { Progress } from './apply-file.ts'
import { sendPieces } from './send-pieces.ts'

export const LINES_TYPE = 'application/x-ndjson'

/** An answer whose text is made piece by piece. */
export interface Answer {
  readonly status: number
  readonly pieces: Iterable<string>
}

/**
 * Answers with JSON lines: `{"step","done","total"}` at each percent of each step, and last `{"status","body"}`, since
 * the status of the answer itself has to be sent before it is known.
 */
export async function sendWithProgress(
  response: Response,
  makeAnswer: (onProgress: (progress: Progress) => void) => Promise<Answer>,
): Promise<void> {
  response.setHeader('Content-Type', LINES_TYPE)
  let last = ''
  const { status, pieces } = await makeAnswer(({ step, done, total }) => {
    const mark = `${step} ${Math.floor((100 * done) / total)}`
    if (mark === last) return
    last = mark
    response.write(`${JSON.stringify({ step, done, total })}\n`)
  }).catch((error: unknown): Answer => {
    if (!(error instanceof GatewayError)) throw error
    return { status: error.status, pieces: [JSON.stringify(kongErrorBody(error))] }
  })
  await sendPieces(response, lastLine({ status, pieces }), { contentType: LINES_TYPE })
}

function* lastLine({ status, pieces }: Answer): Generator<string> {
  yield `{"status":${status},"body":`
  yield* pieces
  yield '}\n'
}
