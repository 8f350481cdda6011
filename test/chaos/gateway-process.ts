import { createAdminClient } from '../../fixtures/support/admin-client.ts'
import { startGateway } from '../../fixtures/support/start-gateway.ts'
import type { AccessEntry } from '../../src/metrics/access-entry.ts'
import type { Variant } from '../../src/model/decision.ts'
import type { TestGateway } from '../support/test-gateway.ts'

/** What the access log says of a request, as far as these runs look at it. */
export type LoggedRequest = Pick<
  AccessEntry,
  'requestId' | 'status' | 'variant' | 'tries' | 'reason'
>

/** A gateway as these runs see it: in this process, or one of its own. */
export interface ObservedGateway extends Pick<TestGateway, 'proxyPort' | 'admin'> {
  /** One for each finished request, the oldest first. */
  readonly entries: readonly LoggedRequest[]
  /** GET /metrics. */
  metrics(): Promise<string>
}

export interface ObservedProcess extends ObservedGateway {
  /** Log lines above `info`; a run expects none. */
  readonly complaints: readonly string[]
  /** Has it collect its garbage soon: without traffic it would not. */
  collectGarbage(): void
  stop(): Promise<void>
}

/** Starts a gateway as a process of its own, with an empty database in memory. */
export async function startObservedProcess(): Promise<ObservedProcess> {
  const entries: LoggedRequest[] = []
  const complaints: string[] = []
  const gateway = await startGateway({
    database: 'sqlite::memory:',
    timeoutMs: START_MS,
    nodeFlags: ['--expose-gc', `--import=data:text/javascript,${GARBAGE_ON_SIGNAL}`],
    onLine: (line) => {
      if (line.msg === 'request') entries.push(loggedRequest(line))
      else if (Number(line.level) > INFO) complaints.push(JSON.stringify(line))
    },
  })
  return {
    proxyPort: Number(new URL(gateway.ready.proxy).port),
    entries,
    complaints,
    collectGarbage: () => process.kill(gateway.pid, 'SIGUSR2'),
    admin: createAdminClient(gateway.ready.admin).call,
    metrics: async () => (await fetch(`${gateway.ready.admin}/metrics`)).text(),
    stop: async () => {
      await gateway.stop()
    },
  }
}

/** Observes a gateway in this process. */
export function observed(gateway: TestGateway): ObservedGateway {
  return {
    proxyPort: gateway.proxyPort,
    entries: gateway.entries,
    admin: gateway.admin,
    metrics: async () => (await gateway.adminRaw('GET', '/metrics')).text(),
  }
}

const GARBAGE_ON_SIGNAL = "process.on('SIGUSR2',()=>gc())"

/** Several processes start at once, on a machine that may be busy. */
export const START_MS = 60_000

/** Of pino. */
const INFO = 30

function loggedRequest(line: Readonly<Record<string, unknown>>): LoggedRequest {
  return {
    requestId: String(line.request_id),
    status: Number(line.status),
    variant: line.variant as Variant | null,
    tries: Number(line.tries),
    reason: line.reason as string | null,
  }
}
