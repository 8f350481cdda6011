import type { Request } from 'express'
import { GatewayError } from '../../../model/errors.ts'
import { isPlainObject } from '../../../model/plain-object.ts'
import { decodeUtf8 } from '../../body/decode-utf8.ts'
import { readBody } from '../../body/read-body.ts'
import { refuseHostileInput } from '../../body/refuse-hostile-input.ts'
import { refuseHostileJson } from '../../body/refuse-hostile-json.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'

/** Of APISIX (reference apisix.md, c1). */
const MAX_BODY_BYTES = 1_572_864

/** What curl says without being asked counts as JSON too, as in APISIX; what any web page may send does not. */
const READ_AS_JSON =
  /^(?:application\/(?:[\w.+-]+\+)?json|application\/x-www-form-urlencoded)\s*(?:;|$)/i

/**
 * The JSON value of a body; undefined for none. Fails with invalid_options for what is no JSON or more than 1.5 MiB,
 * with unparsable_body for what is hostile and with unsupported_media_type.
 */
export async function readJson(request: Request): Promise<unknown> {
  refuseOtherTypes(request)
  const bytes = await read(request)
  if (bytes.length === 0) return undefined
  refuseHostileJson(bytes)
  const value = parse(decodeUtf8(bytes))
  if (typeof value === 'object' && value !== null) refuseHostileInput(value)
  return value
}

/** The same for what must be an object. */
export async function readConfiguration(
  request: Request,
): Promise<Readonly<Record<string, unknown>>> {
  const value = await readJson(request)
  if (value === undefined) throw apisixProblem('missing configurations')
  if (!isPlainObject(value)) {
    throw apisixProblem('invalid request body: expected a JSON object')
  }
  return value
}

function refuseOtherTypes(request: Request): void {
  const type = request.headers['content-type']
  if (type === undefined || READ_AS_JSON.test(type)) return
  throw new GatewayError(
    'unsupported_media_type',
    `the Content-Type is '${type}'; send application/json`,
  )
}

async function read(request: Request): Promise<Buffer> {
  try {
    return await readBody(request, MAX_BODY_BYTES)
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'body_too_large') throw error
    const given = request.headers['content-length']
    const size = given === undefined ? `beyond ${MAX_BODY_BYTES}` : given
    const text = `invalid request body: request size ${size} is greater than the maximum size ${MAX_BODY_BYTES} allowed`
    throw new GatewayError('body_too_large', text, { cause: error })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'no JSON'
    throw new GatewayError('unparsable_body', `invalid request body: ${reason}`, { cause })
  }
}
