import { Agent, createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startGateway } from '../fixtures/support/start-gateway.ts'
import { createTemporaryFolder } from '../fixtures/support/temporary-folder.ts'

/**
 * Milliseconds under load from the call of a rollback to its effect, the last beginning of a request that reached the
 * canary, and to its return, from when on none may; and how many did all the same. `node bench/rollback-latency.ts [rollbacks]`
 */

const ROLLBACKS = Number(process.argv[2] ?? 200)
const WORKERS = 8
const LEAST_CANARY_ANSWERS = 5

const folder = createTemporaryFolder('canary-rollback-')
const primary = await startServer('primary')
const canary = await startServer('canary')
const gateway = await startGateway({ database: `sqlite:${folder.path}/canary.db` })
const { proxy, admin } = gateway.ready
const agent = new Agent({ keepAlive: true, maxSockets: WORKERS })

let isOver = false
let canaryAnswers = 0
let returnedMs = Number.POSITIVE_INFINITY
/** When the last request began that the canary answered. */
let lastCanaryMs = 0
let late = 0
let failed = 0
const effects: number[] = []
const returns: number[] = []
let recorded = 0

await call('POST', '/services', { name: 'shop', url: `http://127.0.0.1:${primary.port}` })
await call('POST', '/services/shop/routes', { paths: ['/'] })
await call('POST', '/releases', {
  name: 'shop-v2',
  service: 'shop',
  canary: { upstream_host: '127.0.0.1', upstream_port: canary.port },
  sticky: { by: 'none' },
  steps: [{ percentage: 50, hold: '1d' }],
})
const workers = Array.from({ length: WORKERS }, work)
for (let n = 0; n < ROLLBACKS; n++) {
  canaryAnswers = 0
  while (canaryAnswers < LEAST_CANARY_ANSWERS) await new Promise((next) => setTimeout(next, 1))
  const before = performance.now()
  const done = await call('POST', '/releases/shop-v2/rollback', { reason: 'bench' })
  returnedMs = performance.now()
  returns.push(returnedMs - before)
  if (done.recorded === true) recorded += 1
  await new Promise((next) => setTimeout(next, 10))
  effects.push(Math.max(0, lastCanaryMs - before))
  returnedMs = Number.POSITIVE_INFINITY
  await call('POST', '/releases/shop-v2/retry', {})
}
isOver = true
await Promise.all(workers)
await gateway.stop()
primary.server.close()
canary.server.close()
folder.remove()

console.log(`rollbacks            ${ROLLBACKS}, ${recorded} recorded when they were answered`)
console.log(`call to effect       ${inWords(effects)}`)
console.log(`call to return       ${inWords(returns)}`)
console.log(`on the canary after  ${late}`)
console.log(`failed requests      ${failed}`)

function inWords(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number) => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

async function work(): Promise<void> {
  while (!isOver) {
    const atMs = performance.now()
    const text = await textOf()
    if (text === 'canary') {
      canaryAnswers += 1
      lastCanaryMs = Math.max(lastCanaryMs, atMs)
      if (atMs > returnedMs) late += 1
    } else if (text !== 'primary') failed += 1
  }
}

function textOf(): Promise<string> {
  return new Promise((resolve) => {
    get(proxy, { agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () => resolve(text))
      answer.on('error', (error) => resolve(error.message))
    }).on('error', (error) => resolve(error.message))
  })
}

async function call(method: string, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${admin}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as Record<string, unknown>
}

async function startServer(name: string) {
  const server = createServer((_request, response) => response.end(name))
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening)
  })
  return { server, port: (server.address() as AddressInfo).port }
}
