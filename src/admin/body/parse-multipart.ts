import { Busboy } from '@fastify/busboy'
import { GatewayError } from '../../model/errors.ts'
import { type FormTree, formTree } from './form-tree.ts'
import { MAX_BODY_BYTES } from './read-body.ts'
import { MAX_VALUES } from './refuse-hostile-input.ts'

const MAX_PART_HEADER_BYTES = 16 * 1024
const MAX_PART_HEADER_FIELDS = 20

/**
 * Reads a `multipart/form-data` body (RFC 7578) of UTF-8 text as the fields of a form, with Kong's nested keys. A file
 * is its text: `curl -F cert=@shop.pem` is how Kong's documents bring in a certificate.
 * Fails with unparsable_body when it is cut short, has too many parts or a part without a name.
 */
export async function parseMultipart(bytes: Buffer, contentType: string): Promise<FormTree> {
  refuseTooMany(bytes)
  return formTree(await readParts(bytes, contentType))
}

/** Counted before anything is made of them: a part of seven bytes costs more than a thousand of any other text. */
function refuseTooMany(bytes: Buffer): void {
  let count = 0
  for (let at = bytes.indexOf(DELIMITER); at !== -1; at = bytes.indexOf(DELIMITER, at + 1)) {
    count++
    if (count > MAX_VALUES) throw refusal(`it has more than ${MAX_VALUES} parts`)
  }
}

/** What every delimiter but the first begins with. */
const DELIMITER = '\r\n--'

type Part = readonly [name: string, value: string]

/** What a listener throws would end the process, so that all that may fail is left to the caller. */
function readParts(bytes: Buffer, contentType: string): Promise<readonly Part[]> {
  return new Promise((resolve, reject) => {
    const fields: Part[] = []
    const problems: string[] = []
    const parser = openParser(contentType)
    parser.on('field', (name: string | undefined, value) => {
      if (name === undefined) problems.push('a part has no name')
      else fields.push([name, value])
    })
    parser.on('error', (cause) => reject(refusal('it is no complete multipart body', cause)))
    parser.on('finish', () => {
      const [problem] = problems
      if (problem === undefined) resolve(fields)
      else reject(refusal(problem))
    })
    parser.end(bytes)
  })
}

/** Throws what the parser says of a header without a boundary. */
function openParser(contentType: string) {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      isPartAFile: () => false,
      limits: {
        fieldSize: MAX_BODY_BYTES,
        headerPairs: MAX_PART_HEADER_FIELDS,
        headerSize: MAX_PART_HEADER_BYTES,
      },
    })
  } catch (cause) {
    throw refusal('its Content-Type names no boundary', cause)
  }
}

function refusal(reason: string, cause?: unknown): GatewayError {
  return new GatewayError('unparsable_body', `Cannot accept the body: ${reason}`, { cause })
}
