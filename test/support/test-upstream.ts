import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import net, { type AddressInfo, type Socket } from 'node:net'

/** What an upstream saw of a request. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string | string[] | undefined>
  readonly rawHeaders: readonly string[]
  readonly body: string
}

export interface TestUpstream {
  readonly port: number
  /** `127.0.0.1:port`. */
  readonly address: string
  readonly seen: SeenRequest[]
  /** Sockets that are open. */
  readonly sockets: ReadonlySet<Socket>
  close(): Promise<void>
}

/** A real HTTP server that remembers requests and answers with its name, or as `answer` says. */
export async function startUpstream(
  name: string,
  answer: Answer = withName(name),
  at: Place = ANY_PORT,
): Promise<TestUpstream> {
  const seen: SeenRequest[] = []
  return listen(http.createServer(remembering(seen, answer)), seen, at)
}

/** The same over TLS, with the certificate and what else `options` say. */
export async function startTlsUpstream(
  name: string,
  options: https.ServerOptions,
  answer: Answer = withName(name),
): Promise<TestUpstream> {
  const seen: SeenRequest[] = []
  return listen(https.createServer(options, remembering(seen, answer)), seen)
}

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

function withName(name: string): Answer {
  return (_request, response) => {
    response.setHeader('content-type', 'text/plain')
    response.end(name)
  }
}

function remembering(seen: SeenRequest[], answer: Answer): http.RequestListener {
  return (request, response) => {
    let body = ''
    request.setEncoding('latin1')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('error', () => {})
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request
      seen.push({ method, url, headers, rawHeaders, body })
      answer(request, response, body)
    })
  }
}

/** A TCP server whose every connection is handled by hand: for answers no HTTP server would give. */
export function startRawUpstream(onConnection: (socket: Socket) => void): Promise<TestUpstream> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    onConnection(socket)
  })
  return listen(server, [])
}

/** Calls back with each complete request head (no body) that arrives on a socket. */
export function onEachHead(socket: Socket, callback: (head: string) => void): void {
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    text += chunk
    for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end + 4)
      text = text.slice(end + 4)
      callback(head)
    }
  })
}

/** A port on which nothing listens. */
export async function deadPort(): Promise<number> {
  const upstream = await startRawUpstream(() => {})
  await upstream.close()
  return upstream.port
}

interface Place {
  readonly host: string
  /** 0: any. */
  readonly port: number
}

const ANY_PORT: Place = { host: '127.0.0.1', port: 0 }

async function listen(
  server: net.Server,
  seen: SeenRequest[],
  at: Place = ANY_PORT,
): Promise<TestUpstream> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(at.port, at.host, resolve)
  await promise
  const { port } = server.address() as AddressInfo
  return {
    port,
    address: `${at.host}:${port}`,
    seen,
    sockets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
