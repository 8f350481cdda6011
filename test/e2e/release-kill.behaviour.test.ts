import { setTimeout as wait } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { type GatewayProcess, startGateway } from '../../fixtures/support/start-gateway.ts'
import type { StoredReleaseEvent } from '../../src/store/releases/release-store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { temporaryDatabase } from '../support/store-files.ts'
import { until } from '../support/until.ts'

/** 50 of them with `npm run release-kill`. */
const KILLS = Number(process.env.RELEASE_KILLS ?? 6)
const STEPS = 60
/** The release takes some ticks of a second each: most kills come while it is under way. */
const LATEST_KILL_MS = 2_500

it(`kill -9 at random moments of a running release: it goes on at the share it had, no step is left out or done twice`, async () => {
  const path = temporaryDatabase()
  let gateway: GatewayProcess | null = null
  onTestFinished(async () => void (await gateway?.stop(0)))
  const start = async () => {
    gateway = await startGateway({ database: `sqlite:${path}` })
    return gateway
  }
  let running = await start()
  await call(running, 'POST', '/services', { name: 'shop', url: 'http://127.0.0.1:9' })
  let killedUnderWay = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const name = `release-${kill}`
    await call(running, 'POST', '/releases', documentOf(name))
    await wait(Math.random() * LATEST_KILL_MS)
    process.kill(running.pid, 'SIGKILL')
    await running.exited
    const left = await readStore(path, name)
    expectOneWay(left.events)
    expect(left.percentage).toBe(shareAfter(left.events))
    if (left.events.at(-1)?.happening.type !== 'succeeded') killedUnderWay += 1

    running = await start()
    const server = running
    await until(
      () => call(server, 'GET', `/releases/${name}`),
      ({ phase }) => phase === 'succeeded',
      200,
    )
    await running.stop()
    const ended = await readStore(path, name)
    expect(ended.events.slice(0, left.events.length)).toEqual(left.events)
    expectOneWay(ended.events)
    expect(started(ended.events)).toEqual(Array.from({ length: STEPS }, (_, step) => step))
    expect(ended.percentage).toBe(100)
    running = await start()
  }
  expect(killedUnderWay).toBeGreaterThan(0)
}, 600_000)

function documentOf(name: string) {
  return {
    name,
    service: 'shop',
    canary: { upstream_host: '127.0.0.2' },
    steps: Array.from({ length: STEPS }, (_, step) => ({ percentage: step + 1, hold: '1ms' })),
    on_success: 'keep',
  }
}

async function call(
  { ready }: GatewayProcess,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const answer = await fetch(`${ready.admin}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as Record<string, unknown>
}

/** The events of a release and the share in the plugin row, as the next start finds them. */
async function readStore(path: string, name: string) {
  const store = await openStore(`sqlite:${path}`)
  try {
    const release = await store.releases.named(name)
    const events = release === null ? [] : await store.releases.events(release.id)
    const { rows } = await store.load()
    const plugin = rows.find(({ kind }) => kind === 'plugins')?.entity
    const config = plugin !== undefined && 'config' in plugin ? plugin.config : null
    return { events, percentage: (config as { percentage: number } | null)?.percentage ?? 0 }
  } finally {
    await store.close()
  }
}

function started(events: readonly StoredReleaseEvent[]): number[] {
  return events.flatMap(({ happening }) =>
    happening.type === 'step-started' ? [happening.step] : [],
  )
}

/** Numbered without a gap, each step once and in its order, and a share that rises only as the steps say. */
function expectOneWay(events: readonly StoredReleaseEvent[]): void {
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
  const steps = started(events)
  expect(steps).toEqual(steps.map((_, index) => index))
  const shares = sharesOf(events).filter((share) => share > 0 && share <= STEPS)
  expect(shares).toEqual(shares.map((_, index) => index + 1))
}

function sharesOf(events: readonly StoredReleaseEvent[]): number[] {
  return events.flatMap(({ happening }) =>
    happening.type === 'traffic-set' ? [happening.traffic.percentage] : [],
  )
}

/** Taken over at 0 %, then what was asked for last; before the start the plugin is as the last release left it. */
function shareAfter(events: readonly StoredReleaseEvent[]): number {
  return sharesOf(events).at(-1) ?? 0
}
