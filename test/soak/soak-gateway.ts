import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type GatewayProcess, startGateway } from '../../fixtures/support/start-gateway.ts'
import type { Ledger } from './ledger.ts'
import { takeSample } from './sampler.ts'
import type { IdleSample, Sample } from './verdict.ts'

const PRELOADED = fileURLToPath(new URL('collect-garbage.ts', import.meta.url))
const ERROR_LEVEL = 50
/** On a busy machine. */
const START_MS = 60_000

/** The gateway under test, in a process of its own, with its log read as it comes. */
export interface SoakGateway {
  readonly plainPort: number
  readonly tlsPort: number
  readonly adminUrl: string
  /** Messages at level error or above, and reports of lines that were lost. */
  readonly complaints: readonly string[]
  /** Rejects when the process ends before it is asked to. */
  readonly crashed: Promise<never>
  sample(): Promise<Sample>
  /** The same after a collection of its garbage. */
  sampleIdle(): Promise<IdleSample>
  /** Resolves with the exit code, null for a signal. */
  stop(): Promise<number | null>
}

export async function startSoakGateway(options: {
  readonly folder: string
  readonly ledger: Ledger
  readonly signal: AbortSignal
}): Promise<SoakGateway> {
  const { folder, ledger, signal } = options
  const heapFile = join(folder, 'heap')
  const complaints: string[] = []
  const gateway = await startGateway({
    database: `sqlite:${join(folder, 'canary.db')}`,
    flags: ['--proxy-tls-listen', '127.0.0.1:0'],
    env: { NODE_OPTIONS: `--import=${PRELOADED}`, SOAK_HEAP_FILE: heapFile },
    onLine: (line) => {
      if (line.msg === 'request') {
        ledger.logged({ path: String(line.path), status: Number(line.status) })
      } else if (Number(line.level) >= ERROR_LEVEL || 'lost_lines' in line) {
        complaints.push(JSON.stringify(line))
      }
    },
    timeoutMs: START_MS,
    signal,
  })
  const { proxy, proxyTls, admin } = gateway.ready
  const startedMs = performance.now()
  const sample = () => takeSample(gateway.pid, admin, performance.now() - startedMs)
  let isStopping = false
  return {
    plainPort: Number(new URL(proxy).port),
    tlsPort: Number(new URL(proxyTls ?? proxy).port),
    adminUrl: admin,
    complaints,
    crashed: new Promise((_, reject) => {
      gateway.exited.then((code) => {
        if (!isStopping) reject(new Error(`the gateway ended by itself, with exit code ${code}`))
      }, reject)
    }),
    sample,
    sampleIdle: async () => {
      const heapBytes = await collectedHeap(gateway, heapFile)
      return { ...(await sample()), heapBytes }
    },
    stop: () => {
      isStopping = true
      return gateway.stop()
    },
  }
}

async function collectedHeap({ pid }: GatewayProcess, file: string): Promise<number> {
  rmSync(file, { force: true })
  process.kill(pid, 'SIGUSR2')
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await pause(20)
  return Number(readFileSync(file, 'utf8'))
}
