import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { Response } from 'express'

const SLICE_MS = 3
/** Pieces are put together to chunks of this length. */
const CHUNK_CHARACTERS = 64 * 1024

/**
 * Answers with a text that is made piece by piece: the event loop has its turn between them, and a slow client is waited
 * for. Ends early when the client leaves.
 */
export async function sendPieces(
  response: Response,
  pieces: Iterable<string>,
  { status = 200, contentType }: { readonly status?: number; readonly contentType: string },
): Promise<void> {
  if (!response.headersSent) {
    response.statusCode = status
    response.setHeader('Content-Type', contentType)
  }
  let begin = performance.now()
  let pending = ''
  for (const piece of pieces) {
    pending += piece
    if (pending.length >= CHUNK_CHARACTERS) {
      if (!(await write(response, pending))) return
      pending = ''
    }
    if (performance.now() - begin < SLICE_MS) continue
    await setImmediate()
    begin = performance.now()
  }
  if (!response.headersSent) response.setHeader('Content-Length', Buffer.byteLength(pending))
  response.end(pending)
}

/** False when there is nobody to write to any more. */
async function write(response: Response, text: string): Promise<boolean> {
  if (response.destroyed) return false
  if (response.write(text)) return true
  const gone = new AbortController()
  const leave = () => gone.abort()
  response.once('close', leave)
  try {
    await once(response, 'drain', { signal: gone.signal })
    return true
  } catch (error) {
    if (gone.signal.aborted) return false
    throw error
  } finally {
    response.off('close', leave)
  }
}
