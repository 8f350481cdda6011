import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { exitOnSignal } from '../../fixtures/support/exit-on-signal.ts'
import { startJsonProcess } from '../../fixtures/support/json-process.ts'
import { createTemporaryFolder } from '../../fixtures/support/temporary-folder.ts'
import type { Contestant, RunningContestant, Surroundings } from './contestant.ts'
import { startLoadProcess } from './load-process.ts'
import { measure } from './measure.ts'
import {
  BARE_CONTESTANT,
  BARE_NAME,
  BIG_GATEWAY_NAME,
  GATEWAY_CONTESTANTS,
  GATEWAY_NAME,
} from './node-contestants.ts'
import { PEER_CONTESTANTS } from './peer-contestants.ts'
import { chooseCores, pinned } from './pinned.ts'
import { renderLimit, renderTable } from './render-table.ts'
import { medianRatio, type Sample, summarize } from './rounds.ts'

/*
 * npm run bench [-- --rounds 31 --requests 3000 --connections 32 --only bare]
 * Processor time per request of the gateway beside other proxies that make the same hash split.
 * Exit code 1 when a request failed or a limit was missed.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '31' },
    requests: { type: 'string', default: '3000' },
    'warm-up': { type: 'string', default: '20000' },
    connections: { type: 'string', default: '32' },
    /** Only contestants whose name starts with this; the bare one always runs. */
    only: { type: 'string', default: '' },
  },
})
const UPSTREAM = fileURLToPath(new URL('./upstream.ts', import.meta.url))
const say = (text: string) => console.error(text)

const cores = chooseCores()
if (cores.server === null)
  say('servers and load share the cores: taskset or a second core is missing')
exitOnSignal()
const folder = createTemporaryFolder('canary-bench-')
const closing: (() => unknown)[] = [() => folder.remove()]
try {
  process.exitCode = await run()
} finally {
  for (const close of closing.reverse()) await close()
}

async function run(): Promise<number> {
  const [command, ...args] = pinned(cores.load, [process.execPath, UPSTREAM])
  const upstream = await startJsonProcess({
    name: 'upstreams',
    command,
    args,
    readReady: (line) =>
      line.msg === 'listening' ? { v1: Number(line.v1), v2: Number(line.v2) } : null,
  })
  closing.push(() => upstream.stop())
  const load = await startLoadProcess(cores.load)
  closing.push(() => load.stop())

  const running = await startAll({
    ports: upstream.ready,
    folder: folder.path,
    serverCore: cores.server,
  })
  const samples = await measure(running, load, {
    rounds: Number(values.rounds),
    requests: Number(values.requests),
    warmUpRequests: Number(values['warm-up']),
    connections: Number(values.connections),
    onProgress: say,
  })
  return report(samples)
}

async function startAll(surroundings: Surroundings): Promise<Map<string, RunningContestant>> {
  const running = new Map<string, RunningContestant>()
  const others = [...GATEWAY_CONTESTANTS, ...PEER_CONTESTANTS].filter((one) =>
    one.name.startsWith(values.only),
  )
  const contestants: Contestant[] = [BARE_CONTESTANT, ...others]
  for (const contestant of contestants) {
    say(`starting: ${contestant.name}`)
    const started = await contestant.start(surroundings)
    if (started === null) say(`left out: ${contestant.name} is not installed`)
    else {
      running.set(contestant.name, started)
      closing.push(() => started.stop())
    }
  }
  return running
}

function report(samples: ReadonlyMap<string, readonly Sample[]>): number {
  const summaries = summarize(samples, BARE_NAME)
  const limits = [
    { text: 'ratio gateway/bare', of: GATEWAY_NAME, to: BARE_NAME, limit: 1.15 },
    { text: '10 000 routes/1 route', of: BIG_GATEWAY_NAME, to: GATEWAY_NAME, limit: 1.1 },
  ]
    .filter(({ of, to }) => samples.has(of) && samples.has(to))
    .map(({ of, to, ...limit }) => ({ ...limit, value: medianRatio(samples, of, to) }))
  for (const line of renderTable(summaries)) console.log(line)
  console.log('')
  for (const limit of limits) console.log(renderLimit(limit))
  const hasErrors = summaries.some((summary) => summary.errors > 0)
  return hasErrors || limits.some(({ value, limit }) => value > limit) ? 1 : 0
}
