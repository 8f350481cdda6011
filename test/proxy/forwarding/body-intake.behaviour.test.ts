import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BodyIntake, type TakenBody } from '../../../src/proxy/forwarding/body-intake.ts'
import { heapInUse } from '../../support/process-memory.ts'
import { RawConnection } from '../../support/raw-connection.ts'

const MOST_BYTES = 60_000
const PATIENCE = { silenceMs: 60_000, leastPace: null }

let server: http.Server
let client: RawConnection
let intake: BodyIntake | null
let taken: TakenBody[]

beforeEach(async () => {
  intake = null
  taken = []
  server = http.createServer((request, response) => {
    intake = new BodyIntake({
      client: { request, response },
      mostBytes: MOST_BYTES,
      limitBytes: null,
      patience: PATIENCE,
      taken: (body) => taken.push(body),
      failed: () => {},
    })
    intake.start()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = new RawConnection((server.address() as AddressInfo).port)
})

afterEach(() => {
  client.destroy()
  server.close()
})

describe('a body that comes in single bytes', () => {
  it('is kept in one piece, in little memory, and is whole', async () => {
    const bytes = Array.from({ length: MOST_BYTES }, (_, i) => String.fromCharCode(i % 256))
    const chunks = bytes.map((byte) => `1\r\n${byte}\r\n`).join('')
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    await expect.poll(() => intake).not.toBeNull()
    const before = heapInUse()
    client.send(chunks)
    await expect.poll(() => intake?.readBytes).toBe(MOST_BYTES)
    expect(heapInUse() - before).toBeLessThan(30 * MOST_BYTES)
    client.send('0\r\n\r\n')
    await expect.poll(() => taken.length).toBe(1)
    expect(taken[0]?.isWhole).toBe(true)
    expect(taken[0]?.bytes.toString('latin1') === bytes.join('')).toBe(true)
  })
})
