import { type AddressInfo, createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAdminClient } from '../../fixtures/support/admin-client.ts'
import { type GatewayProcess, startGateway } from '../../fixtures/support/start-gateway.ts'
import {
  createTemporaryFolder,
  type TemporaryFolder,
} from '../../fixtures/support/temporary-folder.ts'
import { type ChangeStream, startChanges } from '../support/acknowledged-changes.ts'
import { type LoadReport, startLoad } from '../support/restart-load.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'
import { type StreamingUpstream, startStreamingUpstream } from '../support/websocket.ts'

/** 20 of them with `npm run rolling-restart`. */
const RESTARTS = Number(process.env.RESTARTS ?? 1)
const STOP_DELAY_MS = 2_000
/** A busy machine starts processes slowly. */
const START_TIMEOUT_MS = 60_000

let folder: TemporaryFolder
let upstream: TestUpstream
let echo: StreamingUpstream
let ports: { readonly proxy: number; readonly admin: number }
let killAll: AbortController

interface Generation {
  /** Resolves when it serves. */
  readonly ready: Promise<GatewayProcess>
  readonly lines: Record<string, unknown>[]
}

beforeEach(async () => {
  killAll = new AbortController()
  folder = createTemporaryFolder('canary-rolling-')
  upstream = await startUpstream('ok')
  echo = await startStreamingUpstream('echo')
  ports = { proxy: await freePort(), admin: await freePort() }
})

afterEach(async () => {
  killAll.abort()
  await Promise.all([upstream.close(), echo.close()])
  folder.remove()
})

function begin({ database = 'canary.db', admin = ports.admin, flags = [] as string[] } = {}) {
  const lines: Record<string, unknown>[] = []
  const ready = startGateway({
    database: `sqlite:${folder.path}/${database}`,
    proxyListen: `127.0.0.1:${ports.proxy}`,
    adminListen: `127.0.0.1:${admin}`,
    flags: ['--access-log', 'off', '--reuse-port', 'on', ...flags],
    onLine: (line) => lines.push(line),
    signal: killAll.signal,
    timeoutMs: START_TIMEOUT_MS,
  })
  // Judged where it is awaited.
  ready.catch(() => {})
  return { ready, lines } satisfies Generation
}

/** Waits for a line of its log; fails as the start does, when that fails first. */
async function says({ ready, lines }: Generation, message: string): Promise<void> {
  const spoken = expect
    .poll(() => lines.map(({ msg }) => msg), { timeout: START_TIMEOUT_MS })
    .toContain(message)
  await Promise.race([spoken, ready])
  await spoken
}

async function configure(): Promise<void> {
  const admin = createAdminClient(`http://127.0.0.1:${ports.admin}`)
  for (const { name, port, path } of [
    { name: 'shop', port: upstream.port, path: '/' },
    { name: 'chat', port: echo.port, path: '/socket' },
  ]) {
    await admin.post('/services', { name, host: '127.0.0.1', port })
    await admin.post(`/services/${name}/routes`, { name, paths: [path] })
  }
}

describe('a gateway with reuse_port', () => {
  it(`is replaced ${RESTARTS} times under load without a failed request or a lost change`, {
    timeout: START_TIMEOUT_MS * (RESTARTS + 1),
  }, async () => {
    const flags = ['--stop-delay', `${STOP_DELAY_MS}ms`]
    let serving = begin({ flags })
    await serving.ready
    await configure()
    const load = startLoad(ports.proxy)
    const changes = startChanges(ports.admin)
    const restarts: unknown[] = []
    let isGone: Promise<unknown> = Promise.resolve()
    for (let restart = 1; restart <= RESTARTS; restart += 1) {
      const next = begin({ flags })
      await says(next, 'waiting for the database')
      await isGone
      const old = serving
      isGone = (await old.ready).stop(60_000).then(async (code) => {
        await says(old, 'stopped')
        restarts.push([code, old.lines.find(({ msg }) => msg === 'stopped')])
      })
      await next.ready
      serving = next
      tell({ restart, load: load.report(), changes })
    }
    await isGone
    await changes.stop()
    const report = await load.stop()
    expect(report.failures).toEqual([])
    expect(report.answered).toBeGreaterThan(100 * RESTARTS)
    expect(report.sentOn).toBe(RESTARTS)
    expect(restarts).toEqual(
      Array.from({ length: RESTARTS }, () => [
        0,
        expect.objectContaining({ msg: 'stopped', cut_requests: 0 }),
      ]),
    )
    expect(changes.unexpected).toEqual([])
    const stored = await storedConsumers()
    expect(changes.acknowledged.filter((name) => !stored.has(name))).toEqual([])
  })
})

describe('a second gateway with reuse_port', () => {
  it.each([
    ['another database', { isAdminShared: true }, 'has another database'],
    ['another database and Admin API', { isAdminShared: false }, 'no gateway with the same'],
  ])('with %s is refused on the same port, and takes no traffic', async (_, own, reason) => {
    const first = await begin().ready
    const admin = own.isAdminShared ? ports.admin : await freePort()
    await expect(begin({ database: 'other.db', admin }).ready).rejects.toThrow(reason)
    expect((await fetch(first.ready.proxy)).status).toBe(404)
  })
})

/** In the long run, the figures so far. */
function tell(so: { restart: number; load: LoadReport; changes: ChangeStream }): void {
  if (process.env.RESTARTS === undefined) return
  const { answered, failures, sentOn } = so.load
  const figures = {
    restart: so.restart,
    answered,
    failed: failures.length,
    failures: failures.slice(0, 3),
    web_sockets_sent_on: sentOn,
    changes_acknowledged: so.changes.acknowledged.length,
    changes_refused: so.changes.refusals(),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}

async function storedConsumers(): Promise<ReadonlySet<unknown>> {
  const admin = createAdminClient(`http://127.0.0.1:${ports.admin}`)
  const names = new Set<unknown>()
  for (let path: string | null = '/consumers?size=1000'; path !== null; ) {
    const page: { data?: { username: string }[]; next?: string | null } = await admin.get(path)
    for (const { username } of page.data ?? []) names.add(username)
    path = page.next ? `${page.next}&size=1000` : null
  }
  return names
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
