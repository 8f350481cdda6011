import { setTimeout as wait } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { type GatewayProcess, startGateway } from '../../fixtures/support/start-gateway.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { StoredReleaseEvent } from '../../src/store/releases/release-store.ts'
import { temporaryDatabase } from '../support/store-files.ts'
import { until } from '../support/until.ts'

/** 50 of them with `npm run release-kill`. */
const KILLS = Number(process.env.RELEASE_KILLS ?? 6)
/** So many that a release takes some seconds. */
const STEPS = 200
const PERCENT_PER_STEP = 0.25
const LATEST_KILL_MS = 1_500
/** A busy machine starts processes slowly. */
const START_TIMEOUT_MS = 60_000

it('kill -9 at random moments of a running release: it goes on at the share it had, no step is left out or done twice', async () => {
  const path = temporaryDatabase()
  let running = await start(path)
  onTestFinished(async () => void (await running.stop(0)))
  await call(running, 'POST', '/services', { name: 'shop', url: 'http://127.0.0.1:9' })
  let names = 0
  let before: Left | null = null
  let killsUnderWay = 0
  for (let kill = 0; kill < KILLS; kill++) {
    if (before === null) {
      names += 1
      await call(running, 'POST', '/releases', documentOf(`release-${names}`))
    }
    await wait(Math.random() * LATEST_KILL_MS)
    process.kill(running.pid, 'SIGKILL')
    await running.exited

    const left = await readStore(path, `release-${names}`)
    expectOneWay(left.events)
    expect(left.percentage).toBe(sharesOf(left.events).at(-1))
    expect(left.events.slice(0, before?.events.length ?? 0)).toEqual(before?.events ?? [])
    const hasEnded = left.events.at(-1)?.happening.type === 'succeeded'
    if (!hasEnded) killsUnderWay += 1

    running = await start(path)
    before = hasEnded ? null : left
    if (before === null) continue
    const known = before.events.length
    await until(
      () => call(running, 'GET', `/releases/release-${names}`),
      ({ history }) => lastSequence(history) > known,
    )
  }
  expect(killsUnderWay).toBeGreaterThan(0)
}, 600_000)

type Left = Awaited<ReturnType<typeof readStore>>

function start(path: string): Promise<GatewayProcess> {
  return startGateway({ database: `sqlite:${path}`, timeoutMs: START_TIMEOUT_MS })
}

function documentOf(name: string) {
  return {
    name,
    service: 'shop',
    canary: { upstream_host: '127.0.0.2' },
    steps: Array.from({ length: STEPS }, (_, step) => ({
      percentage: (step + 1) * PERCENT_PER_STEP,
      hold: '20ms',
    })),
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

/** Only the newest events are shown. */
function lastSequence(history: unknown): number {
  return (history as { sequence: number }[]).at(-1)?.sequence ?? 0
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
  const shares = sharesOf(events).filter((share) => share > 0 && share < 100)
  expect(shares).toEqual(shares.map((_, index) => (index + 1) * PERCENT_PER_STEP))
  if (events.at(-1)?.happening.type === 'succeeded') expect(steps).toHaveLength(STEPS)
}

function sharesOf(events: readonly StoredReleaseEvent[]): number[] {
  return events.flatMap(({ happening }) =>
    happening.type === 'traffic-set' ? [happening.traffic.percentage] : [],
  )
}
