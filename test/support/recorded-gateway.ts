import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface SeenRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

export interface RecordedAnswer {
  readonly status?: number
  readonly body: unknown
}

/** An HTTP server that gives recorded answers of the Admin API; what it has none for is 404. */
export interface RecordedGateway {
  readonly url: string
  readonly seen: SeenRequest[]
  /** Streams that are open, in the order they came. */
  readonly streams: ServerResponse[]
  answer(method: string, path: string, answer: RecordedAnswer): void
  /** Sends an event to all that watch. */
  send(event: string, data: unknown): void
  stop(): Promise<void>
}

/** `port` 0 for any. */
export async function startRecordedGateway(port = 0): Promise<RecordedGateway> {
  const answers = new Map<string, RecordedAnswer>()
  const seen: SeenRequest[] = []
  const streams: ServerResponse[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    const sent = await text(request)
    seen.push({ method, path, headers, body: sent === '' ? null : JSON.parse(sent) })
    const answer = answers.get(`${method} ${path}`)
    if (answer?.body === STREAM) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      streams.push(response)
      return
    }
    const { status = 200, body } = answer ?? {
      status: 404,
      body: { title: 'not found', detail: `nothing is called ${path}`, hint: 'list them' },
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    streams,
    answer: (method, path, answer) => void answers.set(`${method} ${path}`, answer),
    send: (event, data) => {
      for (const stream of streams) {
        stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
      }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** As the body of an answer: an event stream that stays open. */
export const STREAM = Symbol('stream')
