import { once } from 'node:events'
import http from 'node:http'
import { RawConnection } from './raw-connection.ts'
import { openWebSocket } from './websocket.ts'

/** What came of the clients of a load. */
export interface LoadReport {
  /** Requests and WebSocket messages that were answered as they should be. */
  readonly answered: number
  /** How often a WebSocket was told to come back (1012). */
  readonly sentOn: number
  /** One line for each thing that went wrong. */
  readonly failures: readonly string[]
}

export interface Load {
  report(): LoadReport
  /** Ends when every client has what it asked for last. */
  stop(): Promise<LoadReport>
}

const ONE_SHOT_CLIENTS = 4
const KEEP_ALIVE_CLIENTS = 4
const BODY = 'b'.repeat(2_000)

/**
 * Clients of all kinds, each with its next request as soon as it has the answer: one-shot, keep-alive with GET and
 * POST, a WebSocket. None tries
 * anything twice. Upstreams answer `ok`, and WebSocket
 * messages on `/socket` with their text.
 */
export function startLoad(port: number): Load {
  const counts = { answered: 0, sentOn: 0 }
  const failures: string[] = []
  let isOver = false
  const agent = new http.Agent({ keepAlive: true, maxSockets: KEEP_ALIVE_CLIENTS })

  const repeated = async (name: string, request: () => Promise<void>) => {
    while (!isOver) {
      try {
        await request()
      } catch (error) {
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  const once200 = async (answer: Promise<string>) => {
    const text = await answer
    if (!text.endsWith('ok')) throw new Error(`answered ${JSON.stringify(text)}`)
    counts.answered += 1
  }
  const clients = [
    ...Array.from({ length: ONE_SHOT_CLIENTS }, () =>
      repeated('one-shot', () => once200(oneShot(port))),
    ),
    ...Array.from({ length: KEEP_ALIVE_CLIENTS }, (_, n) => {
      const method = n % 2 === 0 ? 'GET' : 'POST'
      return repeated(`keep-alive ${method}`, () => once200(kept({ port, agent, method })))
    }),
    repeated('WebSocket', () => talk(port, counts, () => isOver)),
  ]
  const report = () => ({ ...counts, failures })
  return {
    report,
    async stop() {
      isOver = true
      await Promise.all(clients)
      agent.destroy()
      return report()
    },
  }
}

/** The answer on a connection of its own. */
async function oneShot(port: number): Promise<string> {
  const connection = new RawConnection(port)
  let failure: Error | null = null
  connection.socket.on('error', (error) => {
    failure = error
  })
  connection.send('GET /one HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n')
  await once(connection.socket, 'close')
  if (failure !== null) throw failure
  return connection.text
}

function kept(options: { port: number; agent: http.Agent; method: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request({ ...options, host: '127.0.0.1', path: '/kept' }, (answer) => {
      let text = `${answer.statusCode} `
      answer.setEncoding('latin1')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve(text))
      answer.on('error', reject)
    })
    request.on('error', reject)
    request.end(options.method === 'POST' ? BODY : undefined)
  })
}

/** One message after the other until the load is over or the other side says 1012. */
async function talk(
  port: number,
  counts: { answered: number; sentOn: number },
  isOver: () => boolean,
): Promise<void> {
  const client = await openWebSocket(port, { path: '/socket' })
  try {
    while (!isOver()) {
      const answer = await client.ask('hello')
      if (!answer.endsWith('hello')) throw new Error(`answered ${answer}`)
      counts.answered += 1
    }
  } catch (error) {
    if (client.closeCode() !== 1012) throw error
    counts.sentOn += 1
  } finally {
    client.socket.terminate()
  }
}
