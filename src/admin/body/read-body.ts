import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../../model/errors.ts'

export const MAX_BODY_BYTES = 10 * 1024 * 1024

/**
 * The whole body of a request. Rejects with body_too_large as soon as more than `maxBytes` are announced or received;
 * what still comes is then discarded unseen, so that the connection stays usable, and nothing of it is kept.
 */
export function readBody(request: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let received = 0

    const refuse = () => {
      chunks.length = 0
      detach()
      request.resume()
      const message = `Request body is larger than ${maxBytes / 1024 / 1024} MiB`
      reject(new GatewayError('body_too_large', message))
    }
    const onData = (chunk: Buffer) => {
      received += chunk.length
      if (received > maxBytes) refuse()
      else chunks.push(chunk)
    }
    const onEnd = () => {
      detach()
      resolve(Buffer.concat(chunks, received))
    }
    const onClose = () => {
      detach()
      reject(new GatewayError('unparsable_body', 'the client left before its body was complete'))
    }
    const detach = () => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
    }

    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      refuse()
      return
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}
