import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { temporaryDatabase } from '../support/store-files.ts'
import { makePlannedChange, PLAN_LENGTH } from '../support/store-plan.ts'
import { killNow, startScript } from '../support/store-process.ts'
import { readTables } from '../support/store-tables.ts'

const KILLS = 20
const AT_ONCE = 2
const SEED = Number(process.env.STORE_KILL_SEED ?? Date.now() % 2 ** 32)

it('kill -9 at a random moment of 500 changes, 20 times: what was acknowledged is there, and nothing is half there', async () => {
  const random = mulberry32(SEED)
  const rounds = Array.from({ length: KILLS }, () => ({
    path: temporaryDatabase(),
    // The moment: after this acknowledgement, and so many milliseconds later.
    killAfter: Math.floor(random() * PLAN_LENGTH),
    delayMs: random() * 4,
  }))
  const survivors: Survivor[] = []
  const lane = async (): Promise<void> => {
    for (let round = rounds.pop(); round !== undefined; round = rounds.pop()) {
      survivors.push(await killOnce(round))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))

  expect(survivors).toHaveLength(KILLS)
  await expectWholeStates(survivors)
}, 180_000)

interface Survivor {
  readonly acknowledged: number
  readonly version: number
  readonly tables: Record<string, unknown[]>
}

/** Starts the stream, kills it at its moment, and opens what is left as the next start would. */
async function killOnce(round: {
  readonly path: string
  readonly killAfter: number
  readonly delayMs: number
}): Promise<Survivor> {
  const child = startScript('store-writer', round.path)
  let acknowledged = 0
  let kill: Promise<void> | null = null
  const killLater = async (): Promise<void> => {
    await delay(round.delayMs)
    await killNow(child)
  }
  if (child.stdout === null) throw new Error('the output of the writer is not piped')
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line)
    if (acknowledged > round.killAfter) kill ??= killLater()
  }
  await kill

  const store = await openStore(`sqlite:${round.path}`)
  const { version } = await store.load()
  await store.close()
  return { acknowledged, version, tables: readTables(round.path) }
}

/** Replays the stream without a kill and compares every table at the version each survivor has. */
async function expectWholeStates(survivors: readonly Survivor[]): Promise<void> {
  const path = temporaryDatabase()
  let made = 0
  for (const survivor of survivors.toSorted((a, b) => a.version - b.version)) {
    const hint = `STORE_KILL_SEED=${SEED}, acknowledged ${survivor.acknowledged}`
    // At most the one change that was under way may be there without its acknowledgement.
    expect(survivor.version, hint).toBeGreaterThanOrEqual(survivor.acknowledged)
    expect(survivor.version, hint).toBeLessThanOrEqual(survivor.acknowledged + 1)
    const reference = await openStore(`sqlite:${path}`)
    while (made < survivor.version) made = await makePlannedChange(reference, made + 1)
    await reference.close()
    expect(survivor.tables, hint).toEqual(readTables(path))
  }
}

/** Small seeded generator of numbers in [0, 1) (Tommy Ettinger's mulberry32). */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
