import type { IncomingMessage } from 'node:http'
import { MAX_FILE_BYTES } from '../../declarative/max-file-bytes.ts'
import { REQUIRED } from '../../model/kong-messages.ts'
import { schemaViolation } from '../../model/schema-violation.ts'
import { decodeUtf8 } from '../body/decode-utf8.ts'
import type { FormTree } from '../body/form-tree.ts'
import { mediaType, refuseEncodedBody, unsupported } from '../body/parse-body.ts'
import { parseForm } from '../body/parse-form.ts'
import { parseMultipart } from '../body/parse-multipart.ts'
import { MAX_BODY_BYTES, readBody } from '../body/read-body.ts'

export const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml']
const ALLOWED = `application/json, ${YAML_TYPES.join(', ')}, or a form with the file in its field 'config'`

/**
 * The declarative file in a body: the body itself, as YAML or JSON, or the field `config` of a form.
 * Fails with unsupported_media_type, body_too_large (32 MiB; 10 MiB for forms), unparsable_body, or schema_violation
 * for a form without the field. Source: Kong Gateway 3.9, POST /config.
 */
export async function readConfigBody(request: IncomingMessage): Promise<Uint8Array> {
  refuseEncodedBody(request.headers['content-encoding'])
  const contentType = request.headers['content-type']
  if (contentType === undefined) {
    if ((await readBody(request)).length === 0) throw missingFile()
    throw unsupported('the body has no Content-Type', ALLOWED)
  }
  const type = mediaType(contentType)
  if (type === 'application/json' || YAML_TYPES.includes(type)) {
    return readBody(request, MAX_FILE_BYTES)
  }
  switch (type) {
    case 'application/x-www-form-urlencoded':
      return configField(parseForm(decodeUtf8(await readBody(request)), MAX_BODY_BYTES))
    case 'multipart/form-data': {
      const bytes = await readBody(request)
      decodeUtf8(bytes)
      return configField(await parseMultipart(bytes, contentType, MAX_BODY_BYTES))
    }
    default:
      throw unsupported(`the Content-Type is '${contentType}'`, ALLOWED)
  }
}

function configField({ children }: FormTree): Uint8Array {
  const [text] = children.get('config')?.values ?? []
  if (text !== undefined) return Buffer.from(text)
  throw missingFile()
}

function missingFile() {
  return schemaViolation([{ path: ['config'], message: REQUIRED }])
}
