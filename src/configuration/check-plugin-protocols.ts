import { isDeepStrictEqual } from 'node:util'
import type { Entity, EntityKind } from '../model/entity.ts'
import type { Plugin } from '../model/plugin.ts'
import type { Route } from '../model/route.ts'
import type { StoreReader } from '../store/store.ts'
import { childrenOf } from './children.ts'
import { refuseField } from './refuse-field.ts'

/**
 * Refuses a plugin that no request would ever meet: one that has no protocol in common with its route, or with any
 * route of its service. A service without routes may still get some. Not looked at is a plugin of which something else
 * changed: changing a share must not cost a look at every route.
 * Fails with schema_violation. Source: Kong Gateway 3.9, DAO of the Plugin object.
 */
export async function checkPluginProtocols(reader: StoreReader, write: PluginWrite): Promise<void> {
  const plugin = write.entity as Plugin
  const previous = write.previous as Plugin | null
  if (previous !== null && isDeepStrictEqual(placeOf(previous), placeOf(plugin))) return
  if (plugin.route !== null) {
    const route = await reader.get('routes', plugin.route.id)
    if (route === null || sharesProtocol(plugin, route.entity)) return
    throw refuseField('protocols', "must match the associated route's protocols")
  }
  if (plugin.service === null || (await isMetOnService(reader, plugin, plugin.service.id))) return
  throw refuseField(
    'protocols',
    "must match the protocols of at least one route pointing to this Plugin's service",
  )
}

/** An entity about to be stored in place of `previous`, null for a new one. */
export interface PluginWrite {
  readonly kind: EntityKind
  readonly entity: Entity
  readonly previous: Entity | null
}

function placeOf({ route, service, protocols }: Plugin) {
  return { route, service, protocols }
}

async function isMetOnService(
  reader: StoreReader,
  plugin: Plugin,
  serviceId: string,
): Promise<boolean> {
  let hasRoute = false
  for await (const route of childrenOf(reader, 'routes', { field: 'service', id: serviceId })) {
    if (sharesProtocol(plugin, route)) return true
    hasRoute = true
  }
  return !hasRoute
}

function sharesProtocol(plugin: Plugin, route: Route): boolean {
  const ofPlugin: readonly string[] = plugin.protocols
  return route.protocols.some((protocol) => ofPlugin.includes(protocol))
}
