import http, { type OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import type { Readable } from 'node:stream'

/** Where a client's requests go, and on which connections. */
export interface Way {
  readonly port: number
  readonly agent: http.Agent | false
  /** The server name of TLS; null for plain HTTP. */
  readonly serverName: string | null
}

export interface HttpAsk {
  readonly way: Way
  readonly method: string
  readonly path: string
  readonly headers?: OutgoingHttpHeaders
  /** Without a Content-Length among the headers it is sent in chunks. */
  readonly body?: Buffer
  /** How the answer's body is read. */
  readonly read?: (answer: Readable) => Promise<Buffer>
}

/** A complete answer. */
export interface HttpReply {
  readonly status: number
  readonly body: Buffer
}

/** Sends one request and reads its answer to the end; rejects when the connection is lost before that. */
export function exchange({ way, body, read = readAll, ...ask }: HttpAsk): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const request = (way.serverName === null ? http : https).request({
      host: '127.0.0.1',
      port: way.port,
      agent: way.agent,
      method: ask.method,
      path: ask.path,
      headers: { host: way.serverName ?? 'soak.test', ...ask.headers },
      ...(way.serverName !== null && { servername: way.serverName, rejectUnauthorized: false }),
    })
    request.on('error', reject)
    request.on('response', (answer) => {
      read(answer).then((bytes) => resolve({ status: answer.statusCode ?? 0, body: bytes }), reject)
    })
    request.end(body)
  })
}

/** By events: an iterator would close the connection behind an answer without a body. */
function readAll(answer: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  return new Promise((resolve, reject) => {
    answer.on('data', (part: Buffer) => parts.push(part))
    answer.on('end', () => resolve(Buffer.concat(parts)))
    answer.on('error', reject)
  })
}
