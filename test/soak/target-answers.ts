import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** What a target can be asked for, as `?do=`. */
export type Wish = 'name' | 'echo' | 'big' | 'chunked' | 'events'

/** Bytes of `?do=big`: more than all buffers on the way hold. */
export const BIG_BYTES = 4 * 1024 * 1024
export const CHUNKS = ['one ', 'two ', 'three']
const EVENT_EVERY_MS = 500

/** Answers with what the query asks for, by default the name of the target. */
export function answerAsAsked(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): void {
  // A gateway that gives up a request closes its connection, which is none of this run's faults.
  response.on('error', () => {})
  request.on('error', () => {})
  const wish = new URL(request.url ?? '/', 'http://target').searchParams.get('do') as Wish | null
  if (wish === 'echo') {
    request.pipe(response)
    return
  }
  request.resume()
  if (wish === 'big') response.end(Buffer.alloc(BIG_BYTES, 'b'))
  else if (wish === 'chunked') writeSlowly(response).catch(() => response.destroy())
  else if (wish === 'events') sendEvents(response, name)
  else response.end(name)
}

async function writeSlowly(response: ServerResponse): Promise<void> {
  for (const chunk of CHUNKS) {
    response.write(chunk)
    await pause(5)
  }
  response.end()
}

function sendEvents(response: ServerResponse, name: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = () => response.write(`data: ${name}\n\n`)
  send()
  const timer = setInterval(send, EVENT_EVERY_MS)
  response.on('close', () => clearInterval(timer))
}
