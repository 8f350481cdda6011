import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type BegunRequest, pathOf } from '../ledger.ts'
import { type ClientParts, nextService } from './client-parts.ts'
import { repeat } from './repeat.ts'

const CLIENTS = 1
/** They wait for nothing, so that a gateway that gets little of a busy machine cannot slow them down. */
const PAUSE_MS = 500
const PATIENCE_MS = 80

export const LEAVER_KIND = 'client that leaves'

/** What a client sends before it leaves. */
const REQUESTS: readonly ((path: string) => string)[] = [
  (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
  (path) => `GET ${path}?do=big HTTP/1.1\r\nHost: a\r\n\r\n`,
  (path) => `GET ${path}?do=events HTTP/1.1\r\nHost: a\r\n\r\n`,
  (path) =>
    `POST ${path}?do=echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${'b'.repeat(50_000)}`,
  (path) =>
    `POST ${path}?do=echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
  (path) =>
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\nearly`,
]

/** Clients that go away at any moment, in order or with a reset. */
export async function runLeavers(parts: ClientParts): Promise<void> {
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      let sent = 0
      await repeat(parts.signal, PAUSE_MS, async () => {
        sent += 1
        const request = parts.ledger.begin(LEAVER_KIND, nextService(sent))
        await sendAndLeave(parts.plainPort, request)
        parts.ledger.end(request, { result: 'left' })
      })
    }),
  )
}

async function sendAndLeave(port: number, request: BegunRequest): Promise<void> {
  const write = REQUESTS[request.id % REQUESTS.length]
  if (write === undefined) return
  const socket = net.connect(port, '127.0.0.1')
  socket.on('error', () => {}) // whatever the gateway does, this client is leaving
  socket.write(write(pathOf(request)))
  if (Math.random() < 0.5) socket.resume()
  await pause(Math.random() * PATIENCE_MS)
  if (Math.random() < 0.5) socket.destroy()
  else socket.resetAndDestroy()
}
