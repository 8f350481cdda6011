import {
  DEFAULT_PAYLOAD_SIZE,
  type RequestSizeLimitingConfig,
} from '../model/plugins/request-size-limiting.ts'
import { firstValue, type ParsedRequest } from '../model/request.ts'
import { type GatewayAnswer, gatewayAnswer } from './gateway-answer.ts'

/** A request-size-limiting configuration in the form a request needs. */
export interface BodyLimit {
  readonly bytes: number
  readonly requiresLength: boolean
}

/** Why a body is refused, for the access log, and what the client gets. */
export interface BodyRefused {
  readonly reason: 'body-too-large' | 'length-required'
  readonly answer: GatewayAnswer
}

export function compileBodyLimit(config: RequestSizeLimitingConfig): BodyLimit {
  return {
    bytes: (config.allowed_payload_size ?? DEFAULT_PAYLOAD_SIZE) * UNIT_BYTES[config.size_unit],
    requiresLength: config.require_content_length,
  }
}

/**
 * What the head of a request says of its body: refused, or null. A chunked body shows its size only as it comes in.
 * Statuses and texts: Kong Gateway 3.9, request-size-limiting.
 */
export function refuseBody(limit: BodyLimit, request: ParsedRequest): BodyRefused | null {
  const { body } = request
  if (body.kind === 'none') return limit.requiresLength ? LENGTH_REQUIRED : null
  if (body.kind === 'chunked' || body.bytes <= limit.bytes) return null
  return firstValue(request.fields, 'expect') === undefined ? TOO_LARGE : EXPECTATION_FAILED
}

/** For a body that turned out to be too large. */
export const BODY_TOO_LARGE = gatewayAnswer(413, 'Request size limit exceeded', { closes: true })

const UNIT_BYTES = { bytes: 1, kilobytes: 2 ** 10, megabytes: 2 ** 20 } as const

const TOO_LARGE: BodyRefused = { reason: 'body-too-large', answer: BODY_TOO_LARGE }
const EXPECTATION_FAILED: BodyRefused = {
  reason: 'body-too-large',
  answer: { ...BODY_TOO_LARGE, status: 417 },
}
const LENGTH_REQUIRED: BodyRefused = {
  reason: 'length-required',
  answer: gatewayAnswer(411, 'A valid Content-Length header is required'),
}
