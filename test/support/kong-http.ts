import http, { type OutgoingHttpHeaders } from 'node:http'
import type { Call } from '../kong/conformance.ts'

export interface KongAnswer {
  readonly status: number
  /** By lower-case name, the values in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly text: string
}

/** Sends one call as it is written, without a header of its own but Host, Content-Length and Content-Type. */
export function sendCall(call: Call, agent: http.Agent, port: number): Promise<KongAnswer> {
  const { method, path, body } = call
  const payload =
    body === null ? null : body.kind === 'json' ? JSON.stringify(body.value) : body.text
  const contentType = body?.kind === 'json' ? 'application/json' : (body?.contentType ?? null)
  const headers: OutgoingHttpHeaders = {}
  if (payload !== null) headers['content-length'] = Buffer.byteLength(payload)
  if (contentType !== null) headers['content-type'] = contentType
  for (const [name, value] of Object.entries(call.headers)) {
    headers[name] = typeof value === 'string' ? latin1(value) : value.map(latin1)
  }
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port, method, path, headers, agent },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({
            status: response.statusCode ?? 0,
            headers: grouped(response.rawHeaders),
            text,
          })
        })
      },
    )
    request.on('error', reject)
    request.end(payload ?? undefined)
  })
}

/** Header values travel as bytes; Node takes one character for each. */
function latin1(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1')
}

function grouped(rawHeaders: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), rawHeaders[i + 1] ?? ''])
  }
  return headers
}
