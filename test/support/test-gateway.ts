import { pino } from 'pino'
import { Registry } from 'prom-client'
import { type GatewayNode, startNode } from '../../src/gateway-node.ts'
import type { AccessEntry } from '../../src/metrics/access-entry.ts'
import { SETTINGS_SCHEMA } from '../../src/model/settings.ts'
import type { Limits } from '../../src/proxy/limits.ts'
import type { LoadSample } from '../../src/proxy/overload/overload-state.ts'
import { createDraws } from '../../src/proxy/process-draws.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'

const NO_LOAD: LoadSample = { delayMs: 0, heapRatio: 0 }

/** A whole gateway in this process on ephemeral ports, with a clock that tests set. */
export interface TestGateway {
  readonly node: GatewayNode
  /** Its database; closed with it. */
  readonly store: Store
  readonly proxyPort: number
  /** NaN without `proxy_tls_listen`. */
  readonly proxyTlsPort: number
  /** One entry per finished request, oldest first. */
  readonly entries: AccessEntry[]
  /** Errors of the gateway itself; a test expects none. */
  readonly logged: string[]
  /** What is measured of the process from now on. */
  setLoad(load: Partial<LoadSample>): void
  /** What it warns of. */
  readonly warned: string[]
  /** Moves the gateway's wall clock, in milliseconds. */
  advanceClock(ms: number): void
  /** Moves the clock that only grows, in milliseconds: what waits for a time is due earlier. */
  advanceMonotonic(ms: number): void
  now(): number
  /** Calls the Admin API with JSON; throws when the answer is not of the 200s. */
  admin<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  /** The same without judging the answer. */
  adminRaw(method: string, path: string, body?: unknown): Promise<Response>
  stop(): Promise<void>
}

export interface TestGatewayOptions {
  readonly settings?: Readonly<Record<string, string>>
  readonly database?: string
  readonly limits?: Partial<Limits>
}

export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const entries: AccessEntry[] = []
  const logged: string[] = []
  const warned: string[] = []
  const settings = SETTINGS_SCHEMA.parse({
    proxy_listen: '127.0.0.1:0',
    admin_listen: '127.0.0.1:0',
    database: options.database ?? 'sqlite::memory:',
    ...options.settings,
  })
  let offsetMs = 0
  let load: LoadSample = NO_LOAD
  let monotonicOffsetMs = 0
  const now = () => Date.now() + offsetMs
  const store = await openStore(settings.database)
  const node = await startNode({
    settings,
    store,
    log: {
      logger: pino(
        { level: 'warn' },
        { write: (line: string) => (isWarning(line) ? warned : logged).push(line) },
      ),
      recordAccess: (entry) => entries.push(entry),
      flush: () => {},
    },
    registry: new Registry(),
    clock: { now, monotonicMs: () => performance.now() + monotonicOffsetMs },
    draws: createDraws(),
    meter: { sample: () => load, close: () => {} },
    openFileLimit: null,
    blame: (_name, error) => error,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  })
  const adminRaw = (method: string, path: string, body?: unknown) =>
    fetch(`${node.admin}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  return {
    node,
    store,
    proxyPort: Number(new URL(node.proxy).port),
    proxyTlsPort: node.proxyTls === null ? Number.NaN : Number(new URL(node.proxyTls).port),
    entries,
    logged,
    warned,
    advanceClock: (ms) => {
      offsetMs += ms
    },
    setLoad: (next) => {
      load = { ...NO_LOAD, ...next }
    },
    advanceMonotonic: (ms) => {
      monotonicOffsetMs += ms
    },
    now,
    adminRaw,
    async admin<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await adminRaw(method, path, body)
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return (text === '' ? null : JSON.parse(text)) as T
    },
    async stop() {
      await node.stop(0)
      await store.close()
    },
  }
}

function isWarning(line: string): boolean {
  return JSON.parse(line).level === pino.levels.values.warn
}
