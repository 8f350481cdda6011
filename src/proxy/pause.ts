import type { ServerResponse } from 'node:http'

/** Before the same peer is tried again (reliability.md section 7); as much again at random. */
const PAUSE_MS = 25

/**
 * Waits before another try at the same peer, as long as the client does: then goes on, or says that it has left. Calls
 * one of the two, once.
 */
export function pauseForClient(
  response: ServerResponse,
  { goOn, clientLeft }: { readonly goOn: () => void; readonly clientLeft: () => void },
): void {
  const onClose = () => {
    clearTimeout(timer)
    clientLeft()
  }
  const resume = () => {
    response.removeListener('close', onClose)
    goOn()
  }
  const timer = setTimeout(resume, PAUSE_MS * (1 + Math.random()))
  response.once('close', onClose)
}
