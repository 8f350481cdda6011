import { hostname } from 'node:os'
import type { RequestHandler } from 'express'
import { PLUGIN_DEFINITIONS, PLUGIN_NAMES } from '../../model/plugins/registry.ts'
import type { AdminDependencies } from '../dependencies.ts'
import { sendJson } from '../reply.ts'

/** The Kong version whose Admin API this one speaks. decK and Kong Manager choose their features by it. */
const KONG_VERSION = '3.9.1'

/**
 * GET / in Kong's shape. `version` is the Kong version that clients may take us for; our own is
 * `canary_gateway_version`. What has no meaning here (Lua, timers) is null or empty.
 */
export function rootHandler(dependencies: AdminDependencies): RequestHandler {
  const { listen, nodeId, version } = dependencies
  const available = PLUGIN_NAMES.map(
    (name) =>
      [name, { version: KONG_VERSION, priority: PLUGIN_DEFINITIONS[name].priority }] as const,
  )
  return (_request, response) => {
    sendJson(response, 200, {
      tagline: 'Welcome to kong',
      version: KONG_VERSION,
      canary_gateway_version: version,
      edition: 'community',
      hostname: hostname(),
      node_id: nodeId,
      lua_version: null,
      timers: { running: 0, pending: 0 },
      pids: { master: process.pid, workers: [process.pid] },
      plugins: {
        available_on_server: Object.fromEntries(available),
        enabled_in_cluster: pluginsInUse(dependencies),
      },
      configuration: {
        admin_listen: listen.admin,
        proxy_listen: listen.proxy,
        database: dependencies.isDeclarative ? 'off' : dependencies.store.database,
        role: 'traditional',
        router_flavor: 'traditional_compatible',
        plugins: PLUGIN_NAMES,
      },
    })
  }
}

function pluginsInUse({ snapshot }: AdminDependencies): string[] {
  const names = new Set<string>()
  for (const { entity } of snapshot().tables.plugins.values()) {
    if (entity.enabled) names.add(entity.name)
  }
  return [...names].sort()
}
