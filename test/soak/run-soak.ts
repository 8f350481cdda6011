import { createAdminClient } from '../../fixtures/support/admin-client.ts'
import { createTemporaryFolder } from '../../fixtures/support/temporary-folder.ts'
import { addSteadyCertificate, CHANGE_KIND, changeConfiguration } from './changes.ts'
import { FAULT_KINDS, FaultWindows } from './fault-windows.ts'
import { injectFaults } from './faults.ts'
import { type KindTotals, Ledger } from './ledger.ts'
import { startMalformedUpstream } from './malformed-upstream.ts'
import { sampleUntil } from './sampler.ts'
import { configureServices } from './services.ts'
import { type SoakGateway, startSoakGateway } from './soak-gateway.ts'
import { Target } from './target.ts'
import { HTTP_KINDS, runHttpClients } from './traffic/http-clients.ts'
import { LEAVER_KIND, runLeavers } from './traffic/leavers.ts'
import { runLongStreams, STREAM_KINDS } from './traffic/long-streams.ts'
import { MALFORMED_KINDS, runMalformed } from './traffic/malformed.ts'
import { rest } from './traffic/repeat.ts'
import type { Sample, SoakFindings } from './verdict.ts'

const SAMPLE_EVERY_MS = 2_000
const IDLE_MS = 30_000
/** Memory and handles are expected to be flat after this. */
const WARM_UP_MS = 120_000
/** Of a run that is shorter than it should be. */
const WARM_UP_PART = 0.4

export interface SoakOptions {
  /** How long traffic flows, the warm-up included. */
  readonly loadMs: number
  /** Ends the run, and all processes, at once. */
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

export interface SoakResult {
  readonly findings: SoakFindings
  readonly totals: ReadonlyMap<string, Readonly<KindTotals>>
  /** What broke promises, in words. */
  readonly examples: readonly string[]
}

/** Mixed traffic with faults against a gateway in its own process; stops all that it has started. */
export async function runSoak({ loadMs, signal, say }: SoakOptions): Promise<SoakResult> {
  const folder = createTemporaryFolder('canary-soak-')
  const windows = new FaultWindows()
  const ledger = new Ledger(windows, () => performance.now())
  const malformed = await startMalformedUpstream()
  const targets: Target[] = []
  try {
    for (const name of ['primary', 'canary', 'troubled-1', 'troubled-2', 'troubled-3']) {
      targets.push(await Target.start(name, signal))
    }
    const gateway = await startSoakGateway({ folder: folder.path, ledger, signal })
    const world: World = { gateway, targets, windows, ledger, signal }
    const warmUpMs = Math.min(WARM_UP_MS, loadMs * WARM_UP_PART)
    const run = async () => {
      await configure(world, malformed.address)
      say(`warm-up: ${seconds(warmUpMs)} s of traffic, then ${seconds(IDLE_MS)} s without`)
      await loadFor(warmUpMs, world)
      const before = await idle(world)
      say(`load: ${seconds(loadMs - warmUpMs)} s of traffic, then ${seconds(IDLE_MS)} s without`)
      const samples = await loadFor(loadMs - warmUpMs, world)
      const after = await idle(world)
      return { before, samples, after }
    }
    const course = await Promise.race([run(), gateway.crashed])
    return await conclude(world, course)
  } finally {
    await Promise.all(targets.map((target) => target.stop()))
    await malformed.close()
    folder.remove()
  }
}

/** Everything that takes part. */
interface World {
  readonly gateway: SoakGateway
  readonly targets: readonly Target[]
  readonly windows: FaultWindows
  readonly ledger: Ledger
  readonly signal: AbortSignal
}

const seconds = (ms: number) => Math.round(ms / 1000)

async function configure({ gateway, targets }: World, malformed: string): Promise<void> {
  const admin = createAdminClient(gateway.adminUrl)
  const [primary = '', canary = '', ...troubled] = targets.map(({ address }) => address)
  await configureServices(admin, { primary, canary, troubled, malformed })
  await addSteadyCertificate(admin)
}

/** Traffic, changes and faults for some time, to their last answer; returns the samples on the way. */
async function loadFor(ms: number, world: World): Promise<Sample[]> {
  const { gateway, targets, windows, ledger } = world
  const signal = AbortSignal.any([AbortSignal.timeout(Math.round(ms)), world.signal])
  const { plainPort, tlsPort } = gateway
  const parts = { ledger, plainPort, tlsPort, signal }
  const [samples] = await Promise.all([
    sampleUntil(signal, SAMPLE_EVERY_MS, () => gateway.sample()),
    runHttpClients(parts),
    runLongStreams(parts),
    runLeavers(parts),
    runMalformed(parts),
    changeConfiguration(createAdminClient(gateway.adminUrl), ledger, signal),
    injectFaults(targets.slice(2), windows, signal),
  ])
  world.signal.throwIfAborted()
  return samples
}

async function idle({ gateway, signal }: World): Promise<Sample> {
  await rest(IDLE_MS, signal)
  signal.throwIfAborted()
  return gateway.sampleIdle()
}

async function conclude(
  { gateway, ledger, windows }: World,
  course: Pick<SoakFindings, 'before' | 'samples' | 'after'>,
): Promise<SoakResult> {
  const { server } = await createAdminClient(gateway.adminUrl).get('/status')
  const exitCode = await gateway.stop()
  const totals = ledger.totals()
  const kinds = [...HTTP_KINDS, ...STREAM_KINDS, ...MALFORMED_KINDS, LEAVER_KIND, CHANGE_KIND]
  const unserved = kinds.filter((kind) => {
    const { good = 0, left = 0 } = totals.get(kind) ?? {}
    return good + left === 0
  })
  return {
    findings: {
      ...course,
      unexplained: [...totals.values()].reduce((sum, { unexplained }) => sum + unexplained, 0),
      internalErrors: ledger.internalErrors,
      missingLines: ledger.missingLines,
      surplusLines: ledger.surplusLines,
      lines: ledger.lines,
      countedRequests: (server as { total_requests: number }).total_requests,
      complaints: gateway.complaints.length,
      exitCode: exitCode ?? 1,
      missed: [...unserved, ...FAULT_KINDS.filter((kind) => windows.countOf(kind) === 0)],
    },
    totals,
    examples: [...ledger.examples, ...gateway.complaints],
  }
}
