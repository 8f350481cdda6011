import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { BODY_BYTES, type LoadResult, runLoad } from '../../bench/proxy/run-load.ts'

const HEADS = [0, 1, 2, 3].map((n) => `GET /${n} HTTP/1.1\r\nHost: bench.example\r\n\r\n`)
const body = (version: string) => version.padEnd(BODY_BYTES, '.')
const versionOf = (request: IncomingMessage) => (request.url === '/0' ? 'v1' : 'v2')

async function loadOn(listener: RequestListener): Promise<LoadResult> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    return await runLoad({ port, connections: 4, requests: 40, heads: HEADS })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('the load', () => {
  it('sends exactly as many requests as asked for and counts the answers by upstream', async () => {
    let seen = 0
    const result = await loadOn((request, response) => {
      seen += 1
      response.setHeader('content-length', BODY_BYTES)
      response.end(body(versionOf(request)))
    })
    expect(result).toMatchObject({ errors: 0, firstError: null, answers: { v1: 10, v2: 30 } })
    expect(seen).toBe(40)
  })

  it('takes an answer that comes in pieces as one', async () => {
    const result = await loadOn((_, response) => {
      response.setHeader('content-length', BODY_BYTES)
      response.write('v1')
      setImmediate(() => response.end(body('').slice(2)))
    })
    expect(result).toMatchObject({ errors: 0, answers: { v1: 40, v2: 0 } })
  })

  const faults: { name: string; listener: RequestListener; firstError: string }[] = [
    {
      name: 'another status than 200',
      listener: (_, response) => response.writeHead(502).end(),
      firstError: 'status 502',
    },
    {
      name: 'a closed connection',
      listener: (request) => request.socket.destroy(),
      firstError: 'connection closed',
    },
    {
      name: 'a body that is too long',
      listener: (_, response) => response.end(`${body('v1')}.`),
      firstError: 'more bytes than the answer has',
    },
    {
      name: 'an unknown upstream',
      listener: (_, response) => response.setHeader('content-length', BODY_BYTES).end(body('v9')),
      firstError: 'neither v1 nor v2',
    },
  ]
  it.each(faults)('counts $name as an error and goes on', async ({ listener, firstError }) => {
    expect(await loadOn(listener)).toMatchObject({ errors: 40, firstError })
  })

  it('notices a request that lands on another upstream than before', async () => {
    let seen = 0
    const result = await loadOn((_, response) => {
      seen += 1
      response.setHeader('content-length', BODY_BYTES)
      response.end(body(seen <= 20 ? 'v1' : 'v2'))
    })
    expect(result.firstError).toBe('another upstream than before')
    expect(result.errors).toBeGreaterThanOrEqual(4)
  })
})
