import http from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forgetPeak, residentMemory } from '../support/process-memory.ts'
import { type BodySum, consume, type Pace, produce } from './bodies.ts'
import { type BodyUpstream, startBodyUpstream } from './body-upstream.ts'
import { type EnduranceGateway, HOOK_MS, startEnduranceGateway } from './endurance-gateway.ts'
import { IS_FULL, MEBIBYTE } from './scale.ts'

const BYTES = (IS_FULL ? 1024 : 64) * MEBIBYTE
const WARM_UP_BYTES = 8 * MEBIBYTE
const GROWTH_BYTES = 64 * MEBIBYTE
/** Some 40 MB/s, with pauses that are long beside the time in which all buffers fill up. */
const SLOW: Pace = { everyBytes: 16 * MEBIBYTE, pauseMs: 400 }
const FAST: Pace = { everyBytes: Number.POSITIVE_INFINITY, pauseMs: 0 }

let upstream: BodyUpstream
let gateway: EnduranceGateway

beforeAll(async () => {
  upstream = await startBodyUpstream()
  gateway = await startEnduranceGateway(upstream.port)
  await download(WARM_UP_BYTES, { writer: FAST, reader: FAST })
  await upload(WARM_UP_BYTES, { writer: FAST, reader: FAST })
}, HOOK_MS)

afterAll(async () => {
  await gateway.process.stop()
  await upstream.close()
})

interface Paces {
  readonly writer: Pace
  readonly reader: Pace
}

/** What was written and what arrived. */
interface Transfer {
  readonly sent: BodySum
  readonly received: BodySum
}

function ask(method: string): { request: http.ClientRequest; answer: Promise<Readable> } {
  const request = http.request({ port: gateway.port, host: '127.0.0.1', method, agent: false })
  const answer = new Promise<Readable>((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
  })
  return { request, answer }
}

async function download(bytes: number, { writer, reader }: Paces): Promise<Transfer> {
  const sent = upstream.nextDownload(bytes, writer)
  const { request, answer } = ask('GET')
  request.end()
  return { received: await consume(await answer, reader), sent }
}

async function upload(bytes: number, { writer, reader }: Paces): Promise<Transfer> {
  const received = upstream.nextUpload(reader)
  const { request, answer } = ask('POST')
  const { body, sum } = produce(bytes, writer)
  await pipeline(body, request)
  await consume(await answer, FAST)
  return { sent: sum, received: await received }
}

/** Where nobody is slow nothing has to be held up: that is for the long run. */
const FAST_WAYS = [
  ['a download', download, { writer: FAST, reader: FAST }],
  ['an upload', upload, { writer: FAST, reader: FAST }],
] as const

describe(`${BYTES / MEBIBYTE} MiB through a gateway`, () => {
  it.each([
    ...(IS_FULL ? FAST_WAYS : []),
    ['a download to a slow reader', download, { writer: FAST, reader: SLOW }],
    ['a download from a slow writer', download, { writer: SLOW, reader: FAST }],
    ['an upload to a slow reader', upload, { writer: FAST, reader: SLOW }],
    ['an upload from a slow writer', upload, { writer: SLOW, reader: FAST }],
  ] as const)(
    '%s arrives whole, at flat memory',
    { timeout: 300_000 },
    async (what, run, paces) => {
      const { pid } = gateway.process
      forgetPeak(pid)
      const before = residentMemory(pid).now
      const startedMs = performance.now()
      const { sent, received } = await run(BYTES, paces)
      const seconds = (performance.now() - startedMs) / 1000
      const growth = residentMemory(pid).peak - before
      if (IS_FULL)
        console.log(`${what}: ${seconds.toFixed(1)} s, peak + ${inMebibytes(growth)} MiB`)
      expect(received).toEqual(sent)
      expect(received.bytes).toBe(BYTES)
      expect(growth).toBeLessThan(GROWTH_BYTES)
    },
  )
})

const inMebibytes = (bytes: number) => (bytes / MEBIBYTE).toFixed(1)
