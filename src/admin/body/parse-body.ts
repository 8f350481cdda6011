import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../../model/errors.ts'
import { type Body, EMPTY_BODY } from './body.ts'
import { decodeUtf8 } from './decode-utf8.ts'
import { parseForm } from './parse-form.ts'
import { parseJsonObject } from './parse-json-object.ts'
import { parseMultipart } from './parse-multipart.ts'
import { readBody } from './read-body.ts'

/**
 * The body of a write. JSON and forms of both kinds are taken; no body without a content type is an empty one.
 * Fails with unsupported_media_type (among others for text/plain, which a web page of any site may send),
 * body_too_large or unparsable_body.
 */
export async function parseBody(request: IncomingMessage): Promise<Body> {
  refuseEncodedBody(request.headers['content-encoding'])
  const contentType = request.headers['content-type']
  if (contentType === undefined) {
    if ((await readBody(request)).length === 0) return EMPTY_BODY
    throw unsupported('the body has no Content-Type')
  }
  switch (mediaType(contentType)) {
    case 'application/json':
      return { type: 'json', fields: parseJsonObject(await readBody(request)) }
    case 'application/x-www-form-urlencoded':
      return { type: 'form', tree: parseForm(decodeUtf8(await readBody(request))) }
    case 'multipart/form-data': {
      const bytes = await readBody(request)
      decodeUtf8(bytes)
      return { type: 'form', tree: await parseMultipart(bytes, contentType) }
    }
    default:
      throw unsupported(`the Content-Type is '${contentType}'`)
  }
}

/** The type alone, in lower case. */
export function mediaType(contentType: string): string {
  const [type = ''] = contentType.split(';', 1)
  return type.trim().toLowerCase()
}

/** `allowed` lists what to send. */
export function unsupported(
  what: string,
  allowed = 'application/json, application/x-www-form-urlencoded or multipart/form-data',
): GatewayError {
  const message = `Unsupported media type: ${what}; send ${allowed}`
  return new GatewayError('unsupported_media_type', message)
}

/** A few compressed bytes could become gigabytes. */
export function refuseEncodedBody(encoding: string | undefined): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  throw new GatewayError(
    'unsupported_media_type',
    `Unsupported media type: the Content-Encoding is '${encoding}'; send the body uncompressed`,
  )
}
