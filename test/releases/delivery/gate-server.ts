import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { OutgoingClient } from '../../../src/releases/delivery/outgoing-client.ts'

export interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A real server that keeps what it gets, and answers what the handler says; each `n` counts from 1. */
export async function startReceiver(
  answer: (response: Parameters<RequestListener>[1], n: number) => void,
) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request
      received.push({ method, url, headers, body })
      answer(response, received.length)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    received,
    url: `http://127.0.0.1:${port}/gate/check?x=1`,
    openConnections: () =>
      new Promise<number>((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A clock that stands still but for its sleeps, which take no time; `sleeps` are their lengths. */
export function frozenTools() {
  let ms = Date.parse('2026-12-01T09:00:00Z')
  const sleeps: number[] = []
  const client = new OutgoingClient()
  return {
    client,
    sleeps,
    nowMs: () => ms,
    random: () => 0,
    sleep: async (length: number, signal: AbortSignal) => {
      signal.throwIfAborted()
      sleeps.push(length)
      ms += length
    },
  }
}

/** Whether a signature is right, reckoned as the documentation tells receivers to. */
export function isSignedWith(secret: string, { headers, body }: Received): boolean {
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['canary-signature'])) ?? []
  return v1 === createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')
}
