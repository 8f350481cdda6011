import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface DeparturesSize {
  readonly clients: number
  /** They come within this time, and each leaves within `stayMs` of its coming; milliseconds. */
  readonly withinMs: number
  readonly stayMs: number
}

/** Clients that come at random moments, ask for something, and leave at random moments. Resolves when all have left. */
export async function runDepartures(
  port: number,
  { clients, withinMs, stayMs }: DeparturesSize,
): Promise<void> {
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  await Promise.all(
    Array.from({ length: clients }, async (_, n) => {
      await pause(random(withinMs))
      const socket = net.connect(port, '127.0.0.1')
      const gone = new Promise((resolve) => socket.on('close', resolve))
      socket.on('error', () => {})
      socket.write(REQUESTS[n % REQUESTS.length] as string, 'latin1')
      if (random(2) === 0) socket.resume()
      setTimeout(
        () => (random(2) === 0 ? socket.destroy() : socket.resetAndDestroy()),
        random(stayMs),
      )
      await gone
    }),
  )
}

/**
 * What a client sends before it leaves; each ends in the middle of something. Host a is a service that answers in its
 * way to `/never`, `/big` and `/stream`; connections to the one of host silent are never open.
 */
const REQUESTS = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /never HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /big HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /stream HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: silent\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${'b'.repeat(50_000)}`,
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
  'POST /none HTTP/1.1\r\nHost: elsewhere\r\nContent-Length: 200000\r\n\r\nhello',
  'GET / HTTP/1.1\r\nHost: a\r\nX-Half: ',
  'GET / HTTP/1.1\r\nHost: a\r\nX : bad\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly bytes',
  'GET /never HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly bytes',
  'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
  '',
]
