import { firstSteps } from './cli/first-steps.ts'
import type { SettingSources } from './cli/given-setting.ts'
import { openFileLimit } from './cli/open-file-limit.ts'
import { blameSetting } from './cli/setting-failure.ts'
import type { StopRequest } from './cli/stop-signals.ts'
import type { Reload } from './declarative-reload.ts'
import { type NodeParts, startNode } from './gateway-node.ts'
import { createLogOutput, type LogOutput } from './metrics/log-output.ts'
import { processRegistry } from './metrics/node-metrics.ts'
import type { Settings } from './model/settings.ts'
import { startLoadMeter } from './proxy/overload/load-meter.ts'
import { createDraws } from './proxy/process-draws.ts'
import { openStore } from './store/open-store.ts'
import { openWhenFree } from './store/open-when-free.ts'

/** With reuse_port: for the process that this one is to follow to give its database up. */
const PREDECESSOR_TIMEOUT_MS = 60_000

export interface GatewayRun {
  readonly settings: Settings
  readonly sources: SettingSources
  readonly stop: StopRequest
}

/** Runs the gateway from its settings until a stop signal has been obeyed. */
export async function runGateway({ settings, sources, stop }: GatewayRun): Promise<void> {
  const log = createLogOutput({
    level: settings.log_level,
    hasAccessLog: settings.access_log,
    descriptor: process.stdout.fd,
  })
  endOnBug(log)
  const blame: NodeParts['blame'] = (name, error) => blameSetting(name, sources, error)
  const maxMs = settings.reuse_port ? PREDECESSOR_TIMEOUT_MS : 0
  const store = await openWhenFree(() => openStore(settings.database), {
    maxMs,
    monotonicMs: () => performance.now(),
    onWait: ({ message }) => {
      log.logger.info({ reason: message, timeout_ms: maxMs }, 'waiting for the database')
    },
    isGivenUp: () => stop.isMade,
  }).catch((error: unknown) => {
    throw blame('database', error)
  })
  if (store === null) return log.close()
  try {
    await runNode({ settings, store, log, blame }, stop)
  } finally {
    await store.close()
    await log.close()
  }
}

async function runNode(
  parts: Pick<NodeParts, 'settings' | 'store' | 'log' | 'blame'>,
  stop: StopRequest,
): Promise<void> {
  const { settings, log } = parts
  const { logger } = log
  let requestsInFlight = () => 0
  stop.lastWords = (signal) => {
    logger.fatal({ signal, cut_requests: requestsInFlight() }, 'stopped at once')
    log.flush()
  }
  const node = await startNode({
    ...parts,
    registry: processRegistry(),
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    draws: createDraws(),
    meter: startLoadMeter(),
    openFileLimit: openFileLimit(),
  })
  requestsInFlight = node.requestsInFlight
  const { proxy, admin, version } = node
  const tls = { proxy_tls: node.proxyTls ?? undefined, admin_tls: node.adminTls ?? undefined }
  if (!stop.isMade) {
    logger.info({ proxy, admin, ...tls, version, database: settings.database }, 'ready')
    if (node.wasEmpty) process.stderr.write(firstSteps(node))
  }
  const stopReloading = reloadOnSignal(node.reload, log)
  const signal = await stop.signal
  stopReloading()
  const timeoutMs = settings.shutdown_timeout.milliseconds
  logger.info({ signal, timeout_ms: timeoutMs, requests_in_flight: requestsInFlight() }, 'stopping')
  const { cutRequests } = await node.stop(timeoutMs)
  logger.info({ cut_requests: cutRequests }, 'stopped')
}

/** SIGHUP has the declarative file read again; what is wrong with it is logged, and the last good one is served on. */
function reloadOnSignal(reload: Reload | null, { logger }: LogOutput): () => void {
  if (reload === null) return () => {}
  const onSignal = () => {
    reload().then(
      (counts) => logger.info(counts, 'declarative file applied'),
      (error: unknown) => logger.error({ err: error }, 'declarative file not applied'),
    )
  }
  process.on('SIGHUP', onSignal)
  return () => process.off('SIGHUP', onSignal)
}

/** Errors that nothing handled: say so and end, for a supervisor to start anew (reliability.md section 15). */
function endOnBug(log: LogOutput): void {
  const end = (error: unknown) => {
    log.logger.fatal({ err: error }, 'unexpected error')
    log.flush()
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
