import { randomUUID } from 'node:crypto'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { createAdminApp } from '../../src/admin/admin-app.ts'
import type { AdminDependencies } from '../../src/admin/dependencies.ts'
import { listenAdmin } from '../../src/admin/listen.ts'
import { createWriting } from '../../src/admin/writing.ts'
import { BalancerState } from '../../src/balancing/balancer-state.ts'
import { HealthState } from '../../src/balancing/health/health-state.ts'
import { RetryBudgets } from '../../src/balancing/retry-budgets.ts'
import { TrafficWindows } from '../../src/metrics/traffic/traffic-windows.ts'
import type { Draws } from '../../src/model/draws.ts'
import type { Snapshot } from '../../src/model/snapshot.ts'
import { LiveConfiguration } from '../../src/proxy/live-configuration.ts'
import { readReleases } from '../../src/read-releases.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'

export const NODE_ID = '5c1f0b0e-0000-4000-8000-000000000001'
/** 2026-01-01T00:00:00.250Z */
export const START_MS = Date.UTC(2026, 0, 1) + 250

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The parsed body; undefined when it is empty, or a page for people. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of many shapes
  readonly json: any
}

export interface Call {
  readonly json?: unknown
  readonly form?: string
  readonly raw?: string | Buffer
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

export interface Admin {
  readonly port: number
  readonly store: Store
  readonly clock: { nowMs: number }
  readonly logged: { readonly fields: object; readonly message: string }[]
  snapshot(): Snapshot
  call(method: string, path: string, call?: Call): Promise<Answer>
  /** Closes the listener alone. */
  stopListening(timeoutMs?: number): Promise<void>
  close(): Promise<void>
}

/** The Admin API on a real port over a real store, with a clock that stands still. */
export async function startAdmin(overrides: Partial<AdminDependencies> = {}): Promise<Admin> {
  const store = await openStore('sqlite::memory:')
  const clock = { nowMs: START_MS }
  const logged: Admin['logged'] = []
  const health = new HealthState(() => 0.5)
  const configuration = new LiveConfiguration({
    balancer: new BalancerState(),
    health,
    budgets: new RetryBudgets(),
  })
  const draws = realDraws()
  const now = () => clock.nowMs
  const log: AdminDependencies['log'] = {
    error: (fields, message) => void logged.push({ fields, message }),
  }
  const peers: AdminDependencies['peers'] = {
    upstreamNamed: (name) => configuration.upstreamNamed(name),
    health,
  }
  const changing = { store, configuration, snapshot: () => configuration.snapshot, draws }
  const writing = createWriting({ ...changing, ...overrides })
  const releases = await readReleases({
    ...{ store, configuration, peers, draws, now },
    log: { ...log, info: () => {} },
    transact: writing.transact,
    traffic: new TrafficWindows(),
    random: Math.random,
    baseUrl: () => 'http://admin.test',
    isDeclarative: overrides.isDeclarative ?? false,
  })
  const dependencies: AdminDependencies = {
    ...changing,
    peers,
    releases,
    openConnections: () => [],
    now,
    nodeId: NODE_ID,
    version: '0.1.0',
    counters: () => ({
      connectionsAccepted: 7,
      connectionsActive: 2,
      connectionsHandled: 6,
      connectionsReading: 0,
      connectionsWriting: 1,
      connectionsWaiting: 1,
      totalRequests: 42,
    }),
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
    isServing: () => true,
    listen: { proxy: ['127.0.0.1:8000'], admin: ['127.0.0.1:8001'] },
    adminToken: null,
    allowedOrigins: [],
    log,
    ...overrides,
  }
  const app = createAdminApp(dependencies, writing)
  const listener = await listenAdmin(app, { host: '127.0.0.1', port: 0 })
  return {
    port: listener.port,
    store,
    clock,
    logged,
    snapshot: () => configuration.snapshot,
    call: (method, path, call = {}) => send(listener.port, { method, path, ...call }),
    stopListening: (timeoutMs) => listener.close(timeoutMs),
    close: async () => {
      await listener.close()
      await releases.stop()
      await store.close()
    },
  }
}

function realDraws(): Draws {
  const positions = new Map<string, number>()
  return {
    uuid: randomUUID,
    nextInCycle: (name) => {
      const position = positions.get(name) ?? 0
      positions.set(name, position + 1)
      return position
    },
  }
}

function send(
  port: number,
  { method, path, json, form, raw, headers = {} }: Call & { method: string; path: string },
): Promise<Answer> {
  const body = raw ?? form ?? (json === undefined ? undefined : JSON.stringify(json))
  const type =
    form !== undefined
      ? { 'content-type': 'application/x-www-form-urlencoded' }
      : json !== undefined
        ? { 'content-type': 'application/json' }
        : {}
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: {
          ...type,
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          ...(headers as Record<string, string>),
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: text === '' || isPage(response) ? undefined : JSON.parse(text),
          })
        })
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

function isPage({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('text/html') === true
}
