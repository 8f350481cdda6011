import type { ClientRequest } from 'node:http'
import type { UpstreamRequest } from '../forwarder.ts'

/** The parts of ClientRequest that Node's documentation leaves out. */
interface HeadWriter extends ClientRequest {
  _storeHeader(firstLine: string, rawHeaders: readonly string[]): void
  /** Of methods that usually have a body: without a framing field Node would send chunks. */
  readonly useChunkedEncodingByDefault: boolean
}

/**
 * Writes the head of a request as it was built, with nothing of what the library has set (reliability.md section 4).
 * Node takes such a list in the constructor only, where the library hands over an object: each field would be copied
 * and checked several times. Throws as Node does on what cannot be sent.
 */
export function writeRequestHead(sink: ClientRequest, { fields, body }: UpstreamRequest): void {
  const writer = sink as HeadWriter
  const framed =
    body.kind === 'none' && writer.useChunkedEncodingByDefault
      ? [...fields, 'content-length', '0']
      : fields
  writer._storeHeader(`${sink.method} ${sink.path} HTTP/1.1\r\n`, framed)
}
