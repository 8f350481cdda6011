import { childrenOf } from '../../configuration/children.ts'
import type { Consumer } from '../../model/consumer.ts'
import type { ConsumerGroup } from '../../model/consumer-group.ts'
import { type Identity, NOBODY } from '../../model/identity.ts'
import { groupsByPrecedence } from '../../model/plugin-index.ts'
import type { KeyAuthConfig } from '../../model/plugins/key-auth.ts'
import type { Store } from '../../store/store.ts'
import { allMembers, CONSUMER_SIDE, GROUP_SIDE } from '../resource/memberships.ts'
import { findNamed, requireConsumer } from './require-entity.ts'

/**
 * Who sends a request such as is asked about: the consumer named, known by a key; without one, whom key-auth puts in
 * place of missing credentials. `keyAuth` is the configuration in force, null without the plugin.
 * Fails with not_found for a consumer that does not exist.
 */
export async function identityAskedFor(
  store: Store,
  consumerKey: string | null,
  keyAuth: KeyAuthConfig | null,
): Promise<Identity> {
  const anonymous = await anonymousConsumer(store, keyAuth)
  const consumer = consumerKey === null ? anonymous : await requireConsumer(store, consumerKey)
  if (consumer === null) return NOBODY
  const isAnonymous =
    consumer.id === anonymous?.id && (consumerKey === null || !(await hasKey(store, consumer.id)))
  const groups = await groupsOf(store, consumer.id)
  return { consumer, groups, credentialId: null, isAnonymous }
}

async function anonymousConsumer(
  store: Store,
  keyAuth: KeyAuthConfig | null,
): Promise<Consumer | null> {
  const name = keyAuth?.anonymous ?? null
  return name === null ? null : findNamed(store, 'consumers', name)
}

/** Names of the ACL groups that the consumer is in. */
async function groupsOf(store: Store, consumerId: string): Promise<ReadonlySet<string>> {
  const groups = new Set<string>()
  const parent = { field: 'consumer', id: consumerId }
  for await (const { group } of childrenOf(store, 'acls', parent)) groups.add(group)
  return groups
}

/** The consumer groups that the consumer is in, in the order in which they count. */
export async function consumerGroupsOf(
  store: Store,
  { consumer }: Identity,
): Promise<readonly ConsumerGroup[]> {
  if (consumer === null) return []
  const memberships = { owner: CONSUMER_SIDE, ownerId: consumer.id, member: GROUP_SIDE }
  return groupsByPrecedence((await allMembers(store, memberships)) as readonly ConsumerGroup[])
}

/** With a key of its own, the anonymous consumer can also be itself. */
async function hasKey(store: Store, consumerId: string): Promise<boolean> {
  const keys = await store.list('keyauth_credentials', {
    size: 1,
    after: null,
    tags: null,
    parent: { field: 'consumer', id: consumerId },
    order: 'oldest-first',
  })
  return keys.rows.length > 0
}
