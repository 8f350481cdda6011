import type { ServerResponse } from 'node:http'

/**
 * Waits before another try, as long as the client does: then goes on, or says that it has left. Calls one of the two,
 * once.
 */
export function pauseForClient(
  response: ServerResponse,
  ms: number,
  { goOn, clientLeft }: { readonly goOn: () => void; readonly clientLeft: () => void },
): void {
  const onClose = () => {
    clearTimeout(timer)
    clientLeft()
  }
  const timer = setTimeout(() => {
    response.removeListener('close', onClose)
    goOn()
  }, ms)
  response.once('close', onClose)
}
