import { insertEntity, replaceEntity } from '../../configuration/store-entity.ts'
import type { Draws } from '../../model/draws.ts'
import { GatewayError } from '../../model/errors.ts'
import { mergeEntity } from '../../model/merge.ts'
import type { StoreTransaction } from '../../store/store.ts'
import type { Effect, PluginEffect } from '../engine/effect.ts'
import type { ServiceAddress } from '../state/release-event.ts'

export interface WriteFacts {
  readonly serviceId: string
  /** Epoch milliseconds. */
  readonly nowMs: number
  readonly draws: Draws
}

/**
 * Writes what events do to plugin and service, with the checks of every other write. Fails as a write through the Admin
 * API does.
 */
export async function writeEffect(
  transaction: StoreTransaction,
  { plugin, service }: Effect,
  facts: WriteFacts,
): Promise<void> {
  // First, so that the plugin is never without a canary to lead to.
  if (service !== null) await patchService(transaction, service, facts)
  if (plugin !== null) await writePlugin(transaction, plugin, facts)
}

async function writePlugin(
  transaction: StoreTransaction,
  plugin: PluginEffect,
  { serviceId, nowMs, draws }: WriteFacts,
): Promise<void> {
  if (plugin.kind === 'delete') {
    await transaction.remove('plugins', plugin.id)
    return
  }
  const facts = { kind: 'plugins', nowMs, draws } as const
  if (plugin.id === null) {
    const input = { name: 'canary', service: { id: serviceId }, config: { ...plugin.fields } }
    await insertEntity(transaction, facts, input)
    return
  }
  const existing = await transaction.get('plugins', plugin.id)
  if (existing === null) throw gone(`plugin ${plugin.id}`)
  const patch = { enabled: true, config: { ...plugin.fields } }
  const input = mergeEntity('plugins', existing.entity, patch)
  await replaceEntity(transaction, facts, { existing, input })
}

async function patchService(
  transaction: StoreTransaction,
  address: Partial<ServiceAddress>,
  { serviceId, nowMs, draws }: WriteFacts,
): Promise<void> {
  const existing = await transaction.get('services', serviceId)
  if (existing === null) throw gone(`service ${serviceId}`)
  const input = mergeEntity('services', existing.entity, { ...address })
  await replaceEntity(transaction, { kind: 'services', nowMs, draws }, { existing, input })
}

function gone(what: string): GatewayError {
  return new GatewayError('release_conflict', `the ${what} was deleted meanwhile`)
}
