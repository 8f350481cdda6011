import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ClientStreams } from '../forwarder.ts'

/** How long a client may go on sending a body that nobody waits for (nginx: lingering_time). */
const LINGER_MS = 10_000

/**
 * For an answer that is given before the request's body has come in: takes in the rest and forgets it, so that a
 * client that sends first and reads later gets the answer, and gets it whole: a connection that is closed on bytes
 * that nobody read is reset, and the reset may overtake the answer (RFC 9112 section 9.6). Not for ever: a while after
 * the answer the connection is closed. When the body ends before that, the connection may live on.
 */
export function forgetBody({ request, response }: ClientStreams): void {
  if (request.readableEnded || request.destroyed) return
  const { socket } = request
  FORGETTING.set(socket, request)
  let timer: NodeJS.Timeout | null = null
  const startLingering = () => {
    timer = setTimeout(() => socket.destroy(), LINGER_MS)
  }
  // What the server calls after the last answer of a connection: end our side, and go on reading.
  const endOurSide = () => {
    socket.end()
  }
  const finish = () => {
    if (timer !== null) clearTimeout(timer)
    response.removeListener('finish', startLingering)
    request.removeListener('close', finish)
    socket.removeListener('close', finish)
    FORGETTING.delete(socket)
    // Unless what came behind the body was refused, with a lingering close of its own.
    if (socket.destroySoon === endOurSide) Reflect.deleteProperty(socket, 'destroySoon')
    if (socket.writableEnded) socket.destroySoon()
  }
  if (response.writableFinished) startLingering()
  else response.once('finish', startLingering)
  socket.destroySoon = endOurSide
  request.once('close', finish)
  socket.once('close', finish)
  request.resume()
}

/** Whether what comes in on a connection belongs to a body that is being forgotten. */
export function isForgettingBody(socket: Duplex): boolean {
  return FORGETTING.get(socket)?.complete === false
}

const FORGETTING = new WeakMap<Duplex, IncomingMessage>()
