import { setTimeout as pause, setImmediate } from 'node:timers/promises'
import type { Registry } from 'prom-client'
import { createAdminApp } from './admin/admin-app.ts'
import type { AdminDependencies } from './admin/dependencies.ts'
import { createWriting } from './admin/writing.ts'
import { packageVersion } from './cli/package-version.ts'
import { declarativeReload, type Reload } from './declarative-reload.ts'
import { closeForSuccessor, untilSuccessor } from './hand-over.ts'
import { openListeners } from './listeners.ts'
import { logNameEvent } from './log-name-event.ts'
import type { LogOutput } from './metrics/log-output.ts'
import { registerNodeMetrics } from './metrics/node-metrics.ts'
import { RequestMetrics } from './metrics/request-metrics.ts'
import { registerRetryMetrics } from './metrics/retry-metrics.ts'
import { registerTargetMetrics } from './metrics/target-metrics.ts'
import { TrafficWindows } from './metrics/traffic/traffic-windows.ts'
import type { Draws } from './model/draws.ts'
import type { Change } from './model/entity.ts'
import { listenAddressText } from './model/setting-values.ts'
import { type SettingName, type Settings, stopDelayMs } from './model/settings.ts'
import { readingsOf } from './node-readings.ts'
import { openPort } from './ports/port.ts'
import { createSharedPorts } from './ports/shared-port.ts'
import type { Clock } from './proxy/clock.ts'
import { type DrainReport, Gateway } from './proxy/gateway.ts'
import { compileTrust } from './proxy/head/client-address.ts'
import { connectionsWithin, type Limits, limitsOf } from './proxy/limits.ts'
import { NameResolver } from './proxy/names/name-resolver.ts'
import type { LoadMeter } from './proxy/overload/load-meter.ts'
import { retryReadings } from './proxy/retry-readings.ts'
import { refusals, targetLoads } from './proxy/target-loads.ts'
import { readReleases } from './read-releases.ts'
import type { Store } from './store/store.ts'

export interface NodeParts {
  readonly settings: Settings
  readonly store: Store
  readonly log: LogOutput
  /** Where its metrics go. */
  readonly registry: Registry
  readonly clock: Clock
  readonly draws: Draws
  /** Measures the load of the process; closed with the node. */
  readonly meter: LoadMeter
  /** Files and connections that the process may have open at a time; null for no limit. */
  readonly openFileLimit: number | null
  /** Adds to an error which setting is to blame for it. */
  readonly blame: (name: SettingName, error: unknown) => unknown
  /** Limits that are not those of the settings. */
  readonly limits?: Partial<Limits>
}

/** A running node: the proxy and its Admin API, on real addresses. */
export interface GatewayNode {
  /** Base URLs. */
  readonly proxy: string
  readonly admin: string
  /** Base URL of the traffic over TLS; null without such a listener. */
  readonly proxyTls: string | null
  /** The same for the Admin API. */
  readonly adminTls: string | null
  readonly version: string
  /** Nothing was configured when it started. */
  readonly wasEmpty: boolean
  requestsInFlight(): number
  /** Reads the declarative file again; null when there is none. Fails with GatewayError, and then nothing has changed. */
  readonly reload: Reload | null
  /**
   * Stops in the order of reliability.md section 10, but for the store, which stays open unless the next process waits
   * for it. Requests may take `deadlineMs` from the end of accepting on.
   */
  stop(deadlineMs: number): Promise<DrainReport>
}

/** More than this are compiled in slices, so that no request waits for all of them. */
const MANY_CHANGES = 100

/** How long a start waits for the addresses of names (reliability.md section 10). */
const FIRST_ADDRESSES_WITHIN_MS = 2_000

/** Puts the parts of one node together: compiles what is stored, then listens. Fails with GatewayError. */
export async function startNode(parts: NodeParts): Promise<GatewayNode> {
  const { settings, store, log, registry, clock, draws, blame } = parts
  const version = packageVersion()
  const wanted = limitsOf(settings)
  const connections = connectionsWithin(wanted.connections, parts.openFileLimit)
  if (connections < wanted.connections) {
    log.logger.warn(
      { connections, open_files: parts.openFileLimit },
      'few client connections: half of the open files allowed; raise that limit (ulimit -n)',
    )
  }
  const open = settings.reuse_port
    ? await createSharedPorts().catch((error: unknown) => {
        throw blame('reuse_port', error)
      })
    : openPort
  const requests = new RequestMetrics(registry)
  const traffic = new TrafficWindows()
  const gateway = new Gateway({
    draws,
    clock,
    trust: compileTrust(settings),
    product: { via: '1.1 canary-gateway', server: `canary-gateway/${version}` },
    limits: { ...wanted, connections, ...parts.limits },
    openPort: open,
    allowsDebugHeader: settings.allow_debug_header,
    record: (entry) => {
      requests.record(entry)
      traffic.record(entry)
      log.recordAccess(entry)
    },
    reportBug: (error, requestId) =>
      log.logger.error({ err: error, request_id: requestId }, 'error while serving a request'),
    meter: parts.meter,
    reportLoad: ({ shedsFor, keepsAlive }, { delayMs, heapRatio }) =>
      log.logger.warn(
        {
          refuses_requests_for: shedsFor,
          keeps_connections: keepsAlive,
          event_loop_delay_ms: Math.round(delayMs),
          heap_percent: Math.round(heapRatio * 100),
        },
        shedsFor === null && keepsAlive ? 'overload is over' : 'overload',
      ),
    resolver: new NameResolver({
      servers: settings.dns_resolvers,
      order: settings.dns_order,
      hostsFile: '/etc/hosts',
      resolvConfFile: '/etc/resolv.conf',
    }),
    reportName: (event) => logNameEvent(log.logger, event),
    reportCertificate: (error, certificateId) =>
      log.logger.error(
        { err: error, certificate: certificateId },
        'a certificate cannot be used; the default one is shown in its place',
      ),
  })
  const { configuration } = gateway
  const stored = await store.load()
  configuration.load(stored.version, stored.rows)

  registerNodeMetrics(registry, readingsOf(gateway, { version, now: clock.now }))
  registerTargetMetrics(registry, {
    targetLoads: () => targetLoads(configuration.runtime, gateway.balancer),
    refusals: () => refusals(configuration.runtime, gateway.balancer),
  })
  registerRetryMetrics(registry, () => retryReadings(configuration.runtime, gateway.budgets))

  const nodeId = await store.nodeId()
  let isServing = false
  const listen: Listen = { proxy: [], admin: [] }
  let whenChanged = () => {}
  const changing = {
    store,
    configuration: {
      prepare: (changes: readonly Change[], next: number) =>
        changes.length > MANY_CHANGES
          ? configuration.prepareInSlices(changes, next, () => setImmediate())
          : configuration.prepare(changes, next),
      activate: () => {
        configuration.activate()
        whenChanged()
      },
    },
    snapshot: () => configuration.snapshot,
    draws,
  }
  const writing = createWriting(changing)
  const reload = declarativeReload(settings.declarative, { ...writing, draws, now: clock.now })
  await reload?.().catch((error: unknown) => {
    throw blame('declarative', error)
  })
  await gateway.resolveNames(FIRST_ADDRESSES_WITHIN_MS)
  const peers = {
    upstreamNamed: (name: string) => configuration.upstreamNamed(name),
    health: gateway.health,
  }
  const releases = await readReleases({
    ...{ store, configuration, peers, traffic, draws },
    transact: writing.transact,
    now: clock.now,
    random: Math.random,
    baseUrl: () =>
      settings.admin_public_url ??
      `http://${listen.admin[0] ?? listenAddressText(settings.admin_listen)}`,
    log: log.logger,
    isDeclarative: reload !== null,
  })
  whenChanged = () => releases.controller.configurationChanged()

  const dependencies: AdminDependencies = {
    ...changing,
    isDeclarative: reload !== null,
    peers,
    releases,
    openConnections: (serviceId) => gateway.openConnections(serviceId),
    now: clock.now,
    nodeId,
    version,
    counters: () => gateway.counts,
    metrics: async () => ({
      contentType: registry.contentType,
      text: await registry.metrics(),
    }),
    isServing: () => isServing,
    listen,
    adminToken: settings.admin_token ?? null,
    allowedOrigins: settings.admin_gui_url,
    log: log.logger,
  }
  const adminApp = createAdminApp(dependencies, writing)
  const listeners = await openListeners({
    settings,
    gateway,
    adminApp,
    now: clock.now,
    blame,
    openPort: open,
    nodeId,
  })
  const { proxy, proxyTls, admin, adminTls } = listeners
  listen.proxy = [proxy, ...(proxyTls === null ? [] : [`${proxyTls} ssl`])]
  listen.admin = [admin, ...(adminTls === null ? [] : [`${adminTls} ssl`])]
  isServing = true
  await releases.begin()
  return {
    proxy: `http://${proxy}`,
    proxyTls: proxyTls && `https://${proxyTls}`,
    admin: `http://${admin}`,
    adminTls: adminTls && `https://${adminTls}`,
    version,
    wasEmpty: stored.rows.length === 0 && reload === null,
    reload,
    requestsInFlight: () => gateway.counts.requestsInFlight,
    async stop(deadlineMs) {
      isServing = false
      if (settings.reuse_port) {
        gateway.sendClientsOn()
        await releases.stop()
        await closeForSuccessor(store, log)
      }
      await pause(stopDelayMs(settings))
      if (settings.reuse_port) await untilSuccessor(settings, clock)
      const report = await gateway.drain(deadlineMs)
      await releases.stop()
      await listeners.closeAdmin()
      return report
    },
  }
}

/** As Kong tells it: `127.0.0.1:8000`, and `127.0.0.1:8443 ssl` for one with TLS. */
interface Listen {
  proxy: readonly string[]
  admin: readonly string[]
}
