import { execFileSync } from 'node:child_process'
import { Agent, get } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { startGateway } from '../../fixtures/support/start-gateway.ts'
import { temporaryDatabase } from '../support/store-files.ts'
import { AUTHOR } from '../support/store-rows.ts'
import { startTestGateway } from '../support/test-gateway.ts'
import { startUpstream } from '../support/test-upstream.ts'
import { until } from '../support/until.ts'

type Admin = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>

const WORKERS = 8

/** Two upstreams, a service that leads to the first, and a release that has half of the traffic on the second. */
async function halfway(admin: Admin) {
  const primary = await startUpstream('primary')
  const canary = await startUpstream('canary')
  onTestFinished(async () => {
    await primary.close()
    await canary.close()
  })
  await admin('POST', '/services', { name: 'shop', url: `http://${primary.address}` })
  await admin('POST', '/services/shop/routes', { paths: ['/'] })
  await admin('POST', '/releases', {
    name: 'shop-v2',
    service: 'shop',
    canary: { upstream_host: '127.0.0.1', upstream_port: canary.port },
    sticky: { by: 'none' },
    steps: [{ percentage: 50, hold: '1d' }],
  })
}

interface Served {
  /** When it was asked, as of performance.now(). */
  readonly atMs: number
  readonly by: string
}

/** Requests one after the other on each of some connections, until it is ended. */
function startLoad(proxy: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: WORKERS })
  const served: Served[] = []
  let isOver = false
  const worker = async (): Promise<void> => {
    while (!isOver) {
      const atMs = performance.now()
      served.push({ atMs, by: await textOf(proxy, agent) })
    }
  }
  const workers = Array.from({ length: WORKERS }, worker)
  return {
    served,
    async end() {
      isOver = true
      await Promise.all(workers)
      agent.destroy()
    },
  }
}

function textOf(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => {
        text += piece
      })
      answer.on('error', reject)
      answer.on('end', () => resolve(`${answer.statusCode} ${text}`))
    }).on('error', reject)
  })
}

const countOf = (served: readonly Served[], by: string) =>
  served.filter((one) => one.by === by).length

it('from the return of a rollback no request reaches the canary, and none fails', async () => {
  const gateway = await startTestGateway()
  onTestFinished(() => gateway.stop())
  await halfway(gateway.admin)
  const load = startLoad(gateway.node.proxy)
  await until(
    () => countOf(load.served, '200 canary'),
    (count) => count > 20,
  )
  const done = await gateway.admin('POST', '/releases/shop-v2/rollback', { reason: 'errors' })
  const returnedMs = performance.now()
  await until(
    () => load.served.filter(({ atMs }) => atMs > returnedMs).length,
    (count) => count > 200,
  )
  await load.end()
  expect(done).toMatchObject({ changed: true, recorded: true })
  const after = load.served.filter(({ atMs }) => atMs > returnedMs)
  expect(countOf(after, '200 primary')).toBe(after.length)
  expect(load.served.every(({ by }) => by.startsWith('200 '))).toBe(true)
})

it('a rollback is served while the database is locked, and recorded when it is free', async () => {
  const gateway = await startTestGateway()
  onTestFinished(() => gateway.stop())
  await halfway(gateway.admin)
  const load = startLoad(gateway.node.proxy)
  await until(
    () => countOf(load.served, '200 canary'),
    (count) => count > 20,
  )
  let unlock: () => void = () => {}
  const lock = new Promise<void>((resolve) => {
    unlock = resolve
  })
  const holder = gateway.store.change(
    AUTHOR,
    () => lock,
    () => {},
  )
  const done = await gateway.admin('POST', '/releases/shop-v2/rollback', { reason: 'errors' })
  const returnedMs = performance.now()
  expect(done).toMatchObject({
    changed: true,
    recorded: false,
    not_recorded_because: expect.stringContaining('25 ms'),
    release: { recorded: false, phase: 'rolled-back', share_percent: 0 },
  })
  await until(
    () => load.served.filter(({ atMs }) => atMs > returnedMs).length,
    (count) => count > 200,
  )
  await load.end()
  const after = load.served.filter(({ atMs }) => atMs > returnedMs)
  expect(countOf(after, '200 primary')).toBe(after.length)

  unlock()
  await holder
  const release = await until(
    () => gateway.admin('GET', '/releases/shop-v2'),
    ({ recorded }) => recorded === true,
  )
  expect(release).toMatchObject({ phase: 'rolled-back', share_percent: 0, reason: 'errors' })
  expect(await textOf(gateway.node.proxy, new Agent())).toBe('200 primary')
})

it.skipIf(!hasPrlimit())(
  'a rollback is served while nothing can be written to the database, survives other changes, and is recorded then',
  async () => {
    const gateway = await startGateway({ database: `sqlite:${temporaryDatabase()}` })
    onTestFinished(async () => void (await gateway.stop()))
    const admin: Admin = async (method, path, body) => {
      const answer = await fetch(`${gateway.ready.admin}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
      return (await answer.json()) as Record<string, unknown>
    }
    await halfway(admin)
    const limit = (bytes: string) =>
      execFileSync('prlimit', ['--pid', String(gateway.pid), `--fsize=${bytes}:`])
    limit('1')
    const written = await admin('PATCH', '/services/shop', { retries: 1 })
    expect(written.message).toContain('nothing was changed')

    const done = await admin('POST', '/releases/shop-v2/rollback', { reason: 'errors' })
    expect(done).toMatchObject({ changed: true, recorded: false })
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    for (let n = 0; n < 40; n++) {
      expect(await textOf(gateway.ready.proxy, agent)).toBe('200 primary')
    }
    expect(await admin('POST', '/releases/shop-v2/rollback')).toMatchObject({ recorded: false })
    expect(await admin('POST', '/releases/shop-v2/pause')).toMatchObject({ status: 409 })

    limit('unlimited')
    const release = await until(
      () => admin('GET', '/releases/shop-v2'),
      ({ recorded }) => recorded === true,
    )
    expect(release).toMatchObject({ phase: 'rolled-back', share_percent: 0 })
    expect(await textOf(gateway.ready.proxy, agent)).toBe('200 primary')
  },
  60_000,
)

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    // Not on this system.
    return false
  }
}
