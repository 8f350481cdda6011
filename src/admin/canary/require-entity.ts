import type { EntityKind, EntityTypes } from '../../model/entity.ts'
import { GatewayError } from '../../model/errors.ts'
import type { Store } from '../../store/store.ts'
import { findItem } from '../resource/place.ts'

/** The service named by id or name. Fails with not_found. */
export async function requireService(store: Store, key: string): Promise<EntityTypes['services']> {
  return (await findNamed(store, 'services', key)) ?? missing(`there is no service '${key}'`)
}

/** The route named by id or name, if it belongs to the service. Fails with not_found. */
export async function requireRoute(
  store: Store,
  key: string,
  serviceId: string,
): Promise<EntityTypes['routes']> {
  const route = await findNamed(store, 'routes', key)
  if (route?.service?.id === serviceId) return route
  return missing(`there is no route '${key}' of this service`)
}

/** The consumer named by username, custom_id or id. Fails with not_found. */
export async function requireConsumer(
  store: Store,
  key: string,
): Promise<EntityTypes['consumers']> {
  const byCustomId = async () => (await store.find('consumers', { custom_id: key }))?.entity ?? null
  const consumer = (await findNamed(store, 'consumers', key)) ?? (await byCustomId())
  return consumer ?? missing(`there is no consumer with the username, custom_id or id '${key}'`)
}

/** The entity named by id or endpoint key, or null. */
export async function findNamed<K extends EntityKind>(
  store: Store,
  kind: K,
  key: string,
): Promise<EntityTypes[K] | null> {
  const found = await findItem(store, { kind, parent: null }, key)
  return found === null ? null : (found.entity as EntityTypes[K])
}

function missing(message: string): never {
  throw new GatewayError('not_found', message)
}
