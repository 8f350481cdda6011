import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

/** A WebSocket server that echoes with its name in front, and answers ordinary requests with an event stream. */
export interface StreamingUpstream {
  readonly port: number
  /** Heads of the handshakes. */
  readonly handshakes: IncomingMessage[]
  readonly webSockets: ReadonlySet<WebSocket>
  /** Codes that clients closed with, as far as a close frame came. */
  readonly closeCodes: number[]
  readonly eventStreams: ReadonlySet<ServerResponse>
  close(): Promise<void>
}

export async function startStreamingUpstream(
  name: string,
  { port = 0, tls = null }: { port?: number; tls?: { cert: string; key: string } | null } = {},
): Promise<StreamingUpstream> {
  const handshakes: IncomingMessage[] = []
  const closeCodes: number[] = []
  const eventStreams = new Set<ServerResponse>()
  const answer = (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: ${name}\n\n`)
    eventStreams.add(response)
    response.on('close', () => eventStreams.delete(response))
  }
  const server = tls === null ? http.createServer(answer) : https.createServer(tls, answer)
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    handshakes.push(request)
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => {
      socket.send(isBinary ? data : `${name}: ${data}`, { binary: isBinary })
    })
    socket.on('close', (code) => closeCodes.push(code))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    handshakes,
    webSockets: sockets.clients,
    closeCodes,
    eventStreams,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A WebSocket client and what came to it. */
export interface WebSocketClient {
  readonly socket: WebSocket
  /** Fields of the answer that switched protocols. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly messages: string[]
  /** Null while it is open. */
  closeCode(): number | null
  /** Sends a text and waits for the next message. */
  ask(text: string): Promise<string>
}

/** Opens a WebSocket through the gateway; rejects with `Unexpected server response: <status>`. */
export function openWebSocket(
  port: number,
  { path = '/', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<WebSocketClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  const messages: string[] = []
  let closed: number | null = null
  let answered: IncomingMessage['headers'] = {}
  socket.on('upgrade', (answer) => {
    answered = answer.headers
  })
  socket.on('message', (data) => messages.push(String(data)))
  socket.on('close', (code) => {
    closed = code
  })
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () =>
      resolve({
        socket,
        headers: answered,
        messages,
        closeCode: () => closed,
        ask: (text) =>
          new Promise((answer, fail) => {
            const onClose = (code: number) => fail(new Error(`closed with ${code}`))
            if (closed !== null) return onClose(closed)
            socket.once('close', onClose)
            socket.once('message', (data) => {
              socket.removeListener('close', onClose)
              answer(String(data))
            })
            socket.send(text)
          }),
      }),
    )
  })
}
