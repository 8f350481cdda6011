import type { IncomingMessage, ServerResponse } from 'node:http'

/** What a relayed answer reports. */
export interface RelayObserver {
  /** Bytes came from the upstream, and more are awaited. */
  progressed(): void
  /** The client is slow: nothing is awaited from the upstream for now. */
  paused(): void
  /** The upstream's answer is complete; what is left goes to the client. */
  ended(): void
  /** The answer was cut after its head. */
  broken(cause: string): void
}

/**
 * Relays an answer's body to the client with back-pressure. An answer that is cut is reported and never
 * ended, so that the client cannot take a part for the whole (reliability.md section 6).
 */
export function relayAnswer(
  answer: IncomingMessage,
  response: ServerResponse,
  observer: RelayObserver,
): void {
  let missingBytes = declaredLength(answer)

  answer.on('data', (chunk: Buffer) => {
    missingBytes -= chunk.length
    if (missingBytes === 0) {
      response.end(chunk)
      return
    }
    if (response.write(chunk)) {
      observer.progressed()
      return
    }
    answer.pause()
    observer.paused()
    response.once('drain', () => {
      answer.resume()
      observer.progressed()
    })
  })
  answer.on('end', () => {
    if (!answer.complete) return
    observer.ended()
    response.end()
  })
  answer.on('error', (error) => observer.broken(error.message))
  answer.on('close', () => {
    if (!answer.complete) observer.broken('closed before the end')
  })
}

/** Bytes to come, or infinity when only the end of the message tells. */
function declaredLength(answer: IncomingMessage): number {
  const declared = answer.headers['content-length']
  return declared === undefined ? Number.POSITIVE_INFINITY : Number(declared)
}
