import type { IncomingMessage } from 'node:http'
import { readYaml } from '../../declarative/read-yaml.ts'
import { GatewayError } from '../../model/errors.ts'
import { parseRelease } from '../../releases/document/parse-release.ts'
import type { ReleaseDocument } from '../../releases/document/release-document.ts'
import { decodeUtf8 } from '../body/decode-utf8.ts'
import { mediaType, refuseEncodedBody, unsupported } from '../body/parse-body.ts'
import { parseJsonObject } from '../body/parse-json-object.ts'
import { readBody } from '../body/read-body.ts'
import { YAML_TYPES } from '../declarative/read-config-body.ts'

const MAX_DOCUMENT_BYTES = 1024 * 1024

/**
 * The release in a body: JSON, or YAML as in a file; no body is one without fields. `creator` is who sends it. Fails
 * with unsupported_media_type, body_too_large (1 MiB), unparsable_body and schema_violation.
 */
export async function readReleaseBody(
  request: IncomingMessage,
  creator: string,
): Promise<ReleaseDocument> {
  refuseEncodedBody(request.headers['content-encoding'])
  const contentType = request.headers['content-type'] ?? ''
  const bytes = await readBody(request, MAX_DOCUMENT_BYTES)
  if (contentType === '' && bytes.length === 0) return parseRelease({}, creator)
  const type = mediaType(contentType)
  const isYaml = YAML_TYPES.includes(type)
  if (type !== 'application/json' && !isYaml) {
    const allowed = `application/json or ${YAML_TYPES.join(', ')}`
    throw unsupported(`the Content-Type is '${contentType}'`, allowed)
  }
  return parseRelease(isYaml ? fromYaml(decodeUtf8(bytes)) : parseJsonObject(bytes), creator)
}

function fromYaml(text: string): unknown {
  const read = readYaml(text)
  if (read.kind === 'value') return read.value
  const problems = read.problems.map(
    ({ message, line }) => `${line === null ? '' : `line ${line}: `}${message}`,
  )
  throw new GatewayError('unparsable_body', `Cannot parse YAML body: ${problems.join('; ')}`)
}
