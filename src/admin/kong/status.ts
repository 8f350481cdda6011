import type { RequestHandler } from 'express'
import type { AdminDependencies, ProxyCounters } from '../dependencies.ts'
import { sendJson } from '../reply.ts'
import { queryOf } from '../request-target.ts'

const UNITS: Readonly<Record<string, { readonly bytes: number; readonly suffix: string }>> = {
  b: { bytes: 1, suffix: 'B' },
  k: { bytes: 1024, suffix: 'KiB' },
  m: { bytes: 1024 ** 2, suffix: 'MiB' },
  g: { bytes: 1024 ** 3, suffix: 'GiB' },
}

/**
 * GET /status in Kong's shape, with the version of the configuration that is served.
 * 200 once requests are served, 503 before.
 */
export function statusHandler(dependencies: AdminDependencies): RequestHandler {
  return async (request, response) => {
    const isReachable = await dependencies.store.isReachable()
    sendJson(response, dependencies.isServing() ? 200 : 503, {
      server: serverCounters(dependencies.counters()),
      memory: {
        lua_shared_dicts: {},
        workers_lua_vms: [{ pid: process.pid, http_allocated_gc: formatMemory(queryOf(request)) }],
      },
      ...(dependencies.isDeclarative ? {} : { database: { reachable: isReachable } }),
      configuration_version: dependencies.snapshot().version,
    })
  }
}

function serverCounters(counters: ProxyCounters) {
  return {
    connections_accepted: counters.connectionsAccepted,
    connections_active: counters.connectionsActive,
    connections_handled: counters.connectionsHandled,
    connections_reading: counters.connectionsReading,
    connections_writing: counters.connectionsWriting,
    connections_waiting: counters.connectionsWaiting,
    total_requests: counters.totalRequests,
  }
}

/** Heap in use, as `?unit=` (b, k, m, g; default m) and `?scale=` (decimals, 0 to 10; default 2) ask for. */
function formatMemory(query: URLSearchParams): string {
  const unit = UNITS[(query.get('unit') ?? 'm').toLowerCase()] ?? UNITS.m
  const asked = Number(query.get('scale') ?? 2)
  const scale = Number.isInteger(asked) && asked >= 0 && asked <= 10 ? asked : 2
  const { bytes, suffix } = unit ?? { bytes: 1, suffix: 'B' }
  return `${(process.memoryUsage().heapUsed / bytes).toFixed(bytes === 1 ? 0 : scale)} ${suffix}`
}
