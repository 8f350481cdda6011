import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputGate } from '../../../src/proxy/connection/input-gate.ts'
import { heapInUse } from '../../support/process-memory.ts'
import { RawConnection } from '../../support/raw-connection.ts'

/** Less than Node keeps of a body that nobody reads. */
const PIECES = 60_000

let server: http.Server
let client: RawConnection
let request: IncomingMessage | null

beforeEach(async () => {
  request = null
  server = http.createServer((incoming) => {
    request = incoming
  })
  server.on('connection', (socket) => new InputGate(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = new RawConnection((server.address() as AddressInfo).port)
})

afterEach(() => {
  client.destroy()
  server.close()
})

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece)
  return Buffer.concat(pieces).toString('latin1')
}

describe('a body that comes in small pieces', () => {
  it('takes little memory while nobody reads it, and is whole', async () => {
    const bytes = Array.from({ length: PIECES }, (_, i) => String.fromCharCode(i % 256))
    const chunks = bytes.map(chunk).join('')
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    await expect.poll(() => request).not.toBeNull()
    const before = heapInUse()
    client.send(chunks)
    await expect.poll(() => request?.readableLength).toBe(PIECES)
    expect(heapInUse() - before).toBeLessThan(30 * PIECES)
    client.send('0\r\n\r\n')
    expect((await bodyOf(request!)) === bytes.join('')).toBe(true)
  })

  it('keeps its order beside large ones', async () => {
    const pieces = Array.from({ length: 40 }, (_, i) => `${i};`.repeat(i % 3 === 0 ? 2_000 : 1))
    client.send(
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${pieces.map(chunk).join('')}0\r\n\r\n`,
    )
    await expect.poll(() => request).not.toBeNull()
    expect((await bodyOf(request!)) === pieces.join('')).toBe(true)
  })
})
