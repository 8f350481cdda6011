import type { Choice } from './choose.ts'
import { gateOf } from './connection/input-gate.ts'
import { forgetBody } from './connection/unread-body.ts'
import type { ClientStreams } from './forwarder.ts'
import { type AnswerFacts, type GatewayAnswer, renderAnswer } from './gateway-answer.ts'

/** Sends an answer of the gateway itself; what is still to come of the request's body is taken in and forgotten. */
export function sendAnswer(
  client: ClientStreams,
  answer: GatewayAnswer,
  { hasBody, ...facts }: AnswerFacts & { readonly hasBody: boolean },
): void {
  const { request, response } = client
  const { statusCode, rawHeaders, body } = renderAnswer(answer, facts)
  if (answer.closes) gateOf(request.socket)?.linger()
  response.writeHead(statusCode, rawHeaders)
  if (request.method === 'HEAD') response.end()
  // Node sends head and text in one encoding; fields are bytes, one character each.
  else response.end(Buffer.from(body).toString('latin1'), 'latin1')
  if (hasBody && !answer.closes) forgetBody(client)
}

/** Once a variant was chosen, the client sees which one failed. */
export function withVariant(answer: GatewayAnswer, choice: Choice | null): GatewayAnswer {
  if (choice?.kind !== 'forward' || choice.variantField === null) return answer
  return { ...answer, fields: [...answer.fields, choice.variantField] }
}
