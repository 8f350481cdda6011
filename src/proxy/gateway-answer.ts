import { errorBody } from './error-body.ts'

/** An answer that the gateway itself makes. Messages are safe for clients: no address, no stack, no echo of input. */
export interface GatewayAnswer {
  readonly status: number
  readonly message: string
  /** More fields: name, value pairs. */
  readonly fields: readonly (readonly [string, string])[]
  /** The connection cannot be trusted, or must not be used, after this answer. */
  readonly closes: boolean
}

/** What an answer says beside its message. */
export interface AnswerFacts {
  readonly requestId: string
  readonly server: string
  readonly latencyMs: number
  /** The request's Accept field. */
  readonly accept: string | null
}

export interface RenderedAnswer {
  readonly statusCode: number
  readonly rawHeaders: string[]
  readonly body: string
}

export function gatewayAnswer(
  status: number,
  message: string,
  options: { readonly fields?: GatewayAnswer['fields']; readonly closes?: boolean } = {},
): GatewayAnswer {
  return { status, message, fields: options.fields ?? [], closes: options.closes ?? false }
}

/** Head and body, the body in the form that `accept`, the value of that field, asks for (reference kong.md section 7). */
export function renderAnswer(answer: GatewayAnswer, facts: AnswerFacts): RenderedAnswer {
  const { contentType, text: body } = errorBody({ ...answer, ...facts }, facts.accept)
  const rawHeaders = [
    'Content-Type',
    contentType,
    'Content-Length',
    String(Buffer.byteLength(body)),
    'Server',
    facts.server,
    'X-Kong-Response-Latency',
    String(facts.latencyMs),
    'X-Kong-Request-Id',
    facts.requestId,
  ]
  for (const [name, value] of answer.fields) rawHeaders.push(name, value)
  if (answer.closes) rawHeaders.push('Connection', 'close')
  return { statusCode: answer.status, rawHeaders, body }
}
