import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type GatewayProcess, startGateway } from '../../fixtures/support/start-gateway.ts'
import {
  type SampleServiceProcess,
  startSampleService,
} from '../../fixtures/support/start-sample-service.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { bigFile, withWrongField } from './big-file.ts'
import { IS_FULL } from './scale.ts'

const SIZE = IS_FULL
  ? { services: 999, routesPerService: 5, consumers: 10_000 }
  : { services: 19, routesPerService: 5, consumers: 400 }
const ENTITIES = SIZE.services * (1 + SIZE.routesPerService) + SIZE.consumers + 2
/** What is promised for the full size; that no stall is longer than 50 ms is for the reader of the figures to see. */
const MAX_APPLY_MS = 20_000

let folder: string
let gateway: GatewayProcess
let service: SampleServiceProcess

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'big-file-'))
  service = await startSampleService({ version: 'v1' })
  gateway = await startGateway({
    database: `sqlite:${join(folder, 'canary.db')}`,
    flags: ['--access-log', 'off'],
    timeoutMs: 60_000,
  })
})

afterEach(async () => {
  await gateway.stop()
  await service.stop()
  rmSync(folder, { recursive: true, force: true })
})

it(`a file of ${ENTITIES} entities is applied while traffic goes on`, {
  timeout: 240_000,
}, async () => {
  const text = bigFile(service.ready.port, SIZE)
  await post(bigFile(service.ready.port, { services: 0, routesPerService: 0, consumers: 0 }))
  const traffic = await startTraffic()
  await eventLoopStallMs()
  await pause(IS_FULL ? 2000 : 50)
  const idle = traffic.since()
  const idleStallMs = await eventLoopStallMs()

  const first = await timed('first', () => post(text), traffic)
  expect(first.answer.body.counts).toEqual({
    created: ENTITIES - 2,
    changed: 0,
    deleted: 0,
    unchanged: 2,
  })
  const second = await timed('second', () => post(text), traffic)
  expect(second.answer.body.counts).toEqual({
    created: 0,
    changed: 0,
    deleted: 0,
    unchanged: ENTITIES,
  })
  const wrong = withWrongField(text)
  const third = await timed('wrong', () => post(wrong.text), traffic)
  expect(third.answer.status).toBe(400)
  expect(third.answer.body.message).toContain(`nothing was changed: line ${wrong.line}, consumers.`)
  const failed = await traffic.stop()
  expect(failed).toEqual([])
  if (!IS_FULL) return
  // The machine's own share: where others compete for its cores, stalls of that length come from them.
  console.log(
    `without a file: slowest answer ${idle.toFixed(1)} ms, longest stall of the event loop ${idleStallMs.toFixed(1)} ms`,
  )
  for (const { name, ms, slowestMs, stallMs } of [first, second, third]) {
    console.log(
      `${name}: ${(ms / 1000).toFixed(1)} s, slowest answer ${slowestMs.toFixed(1)} ms, longest stall of the event loop ${stallMs.toFixed(1)} ms`,
    )
  }
  expect(first.ms).toBeLessThan(MAX_APPLY_MS)
})

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of many shapes
  readonly body: any
}

async function post(text: string): Promise<Answer> {
  const headers = { 'content-type': 'application/yaml' }
  const url = `${gateway.ready.admin}/config`
  const response = await fetch(url, { method: 'POST', body: text, headers })
  return { status: response.status, body: await response.json() }
}

interface Traffic {
  /** Milliseconds that the slowest answer since the last call took. */
  since(): number
  /** Statuses of requests that failed. */
  stop(): Promise<number[]>
}

/** A few hundred requests a second, one after the other. */
async function startTraffic(): Promise<Traffic> {
  const client = await KeepAliveClient.connect(Number(new URL(gateway.ready.proxy).port))
  const failed: number[] = []
  let slowestMs = 0
  let isStopped = false
  const run = (async () => {
    while (!isStopped) {
      const begin = performance.now()
      const { status } = await client.ask('/traffic')
      slowestMs = Math.max(slowestMs, performance.now() - begin)
      if (status !== 200) failed.push(status)
      await pause(3)
    }
    client.close()
  })()
  return {
    since: () => {
      const slowest = slowestMs
      slowestMs = 0
      return slowest
    },
    stop: async () => {
      isStopped = true
      await run
      return failed
    },
  }
}

async function timed(name: string, work: () => Promise<Answer>, traffic: Traffic) {
  traffic.since()
  await eventLoopStallMs()
  const begin = performance.now()
  const answer = await work()
  const ms = performance.now() - begin
  return { name, answer, ms, slowestMs: traffic.since(), stallMs: await eventLoopStallMs() }
}

/** The longest delay of the gateway's event loop since the last call. */
async function eventLoopStallMs(): Promise<number> {
  const text = await (await fetch(`${gateway.ready.admin}/metrics`)).text()
  const found = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)
  return Number(found?.[1]) * 1000
}
