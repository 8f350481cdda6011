import { Busboy } from '@fastify/busboy'
import { type FormField, type FormTree, formTree } from './form-tree.ts'
import { MAX_BODY_BYTES } from './read-body.ts'
import { MAX_TEXT_LENGTH, MAX_VALUES, refusal, textTooLong } from './refuse-hostile-input.ts'

const MAX_PART_HEADER_BYTES = 16 * 1024
const MAX_PART_HEADER_FIELDS = 20
/** A character takes at most three bytes, one of two code units four. */
const MAX_PART_BYTES = 3 * MAX_TEXT_LENGTH + MAX_PART_HEADER_BYTES

/**
 * Reads a `multipart/form-data` body (RFC 7578) of UTF-8 text as the fields of a form, with Kong's nested keys. A file
 * is its text: `curl -F cert=@shop.pem` is how Kong's documents bring in a certificate.
 * Fails with unparsable_body when it is cut short, has too many parts, one that is too long or one without a name.
 */
export async function parseMultipart(
  bytes: Buffer,
  contentType: string,
  maxPartBytes = MAX_PART_BYTES,
): Promise<FormTree> {
  refuseTooMuch(bytes, maxPartBytes)
  return formTree(await readParts(bytes, contentType))
}

/** Seen before anything is made of them: a part of seven bytes costs more than a thousand of any other text. */
function refuseTooMuch(bytes: Buffer, maxPartBytes: number): void {
  let partCount = 0
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    end = nextDelimiter(bytes, start + 1)
    if (end - start > maxPartBytes) throw textTooLong()
    // What stands behind the last delimiter is no part.
    if (end < bytes.length && ++partCount > MAX_VALUES) {
      throw refusal(`it has more than ${MAX_VALUES} parts`)
    }
  }
}

/** Where the next one begins; the end of the body when there is none. */
function nextDelimiter(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(DELIMITER, from)
  return at === -1 ? bytes.length : at
}

/** What every delimiter but the first begins with. */
const DELIMITER = '\r\n--'

/** What a listener throws would end the process, so that all that may fail is left to the caller. */
function readParts(bytes: Buffer, contentType: string): Promise<readonly FormField[]> {
  return new Promise((resolve, reject) => {
    const fields: FormField[] = []
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
