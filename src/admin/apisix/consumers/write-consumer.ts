import { type ApisixId, entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { SealBody } from '../../resource/seal-body.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import { checkedPlugins } from '../plugins/check-plugins.ts'
import { writePlugins } from '../plugins/scoped-plugins.ts'
import type { ApisixValue, ApisixWrite } from '../shared/apisix-resource.ts'
import { keptFields, ownKongFieldsOf } from '../shared/kong-fields.ts'
import { putUnder } from '../shared/put-entity.ts'
import { AUTH_PLUGIN_NAMES, authPlugin, isAuthPlugin } from './auth-plugins.ts'
import { parseConsumer } from './consumer-body.ts'
import { consumerNamed } from './consumer-name.ts'
import { ownCredentialId, sealedCredential, writeCredential } from './credentials.ts'
import { groupNamed } from './group-id.ts'
import { KONG_ONLY_CONSUMER_FIELDS, projectConsumer } from './project-consumer.ts'

/** The body with its credentials as they are to be stored. */
export async function preparedConsumer(
  given: ApisixValue,
  sealBody: SealBody,
): Promise<ApisixValue> {
  const { plugins } = parseConsumer(given)
  if (plugins === null) return given
  const sealed: [string, unknown][] = []
  for (const [name, config] of Object.entries(plugins)) {
    const stored = isAuthPlugin(name) ? await sealedCredential(name, config, sealBody) : config
    sealed.push([name, stored])
  }
  return { ...given, plugins: Object.fromEntries(sealed) }
}

/** Stores a consumer with its credentials, its group and its plugins; gives the id of the entity. */
export async function writeConsumer(
  write: ApisixWrite,
  _username: ApisixId,
  given: ApisixValue,
): Promise<string> {
  const { view } = write
  const body = parseConsumer(given)
  const existing = consumerNamed(view, body.username)
  const id = existing?.id ?? entityIdOf('consumers', body.username)
  const givenPlugins = Object.entries(body.plugins ?? {})
  const credentials = givenPlugins.filter(([name]) => isAuthPlugin(name))
  const own = checkedPlugins(
    view,
    Object.fromEntries(givenPlugins.filter(([name]) => !isAuthPlugin(name))),
  )
  const group = groupFor(write, body.group_id)
  const kong = ownKongFieldsOf(body.kong, KONG_ONLY_CONSUMER_FIELDS, {
    ofOthers: ['acls', 'consumer_groups'],
    shown: existing === undefined ? undefined : projectConsumer(view, existing).kong,
  })
  await putUnder(write, 'consumers', {
    id,
    fields: {
      ...keptFields(existing, KONG_ONLY_CONSUMER_FIELDS),
      username: existing === undefined ? body.username : existing.username,
      apisix: { desc: body.desc, labels: body.labels, group_id: group?.id ?? null },
      ...kong,
    },
  })
  await writeOwnCredentials(write, id, Object.fromEntries(credentials))
  await writeMembership(write, id, {
    before: existing?.apisix?.group_id ?? null,
    now: group?.id ?? null,
  })
  await writePlugins(write, { field: 'consumer', id }, own)
  return id
}

function groupFor({ view }: ApisixWrite, id: ApisixId | null) {
  if (id === null) return undefined
  const group = groupNamed(view, id)
  if (group !== undefined) return group
  throw apisixProblem(
    `failed to fetch consumer group info by consumer group id [${id}], response code: 404`,
  )
}

async function writeOwnCredentials(
  write: ApisixWrite,
  consumerId: string,
  configs: ApisixValue,
): Promise<void> {
  for (const plugin of AUTH_PLUGIN_NAMES) {
    const id = ownCredentialId(consumerId, plugin)
    if (Object.hasOwn(configs, plugin)) {
      const config = configs[plugin] as ApisixValue
      await writeCredential(write, { id, consumerId, plugin, config, apisix: null, kong: {} })
    } else {
      await write.transaction.remove(authPlugin(plugin).kind, id)
    }
  }
}

async function writeMembership(
  write: ApisixWrite,
  consumerId: string,
  groups: { readonly before: string | null; readonly now: string | null },
): Promise<void> {
  const { before, now } = groups
  if (before === now) return
  const ends = (groupId: string) => ({ consumer_group: groupId, consumer: consumerId })
  if (before !== null) {
    const left = await write.transaction.find('consumer_group_consumers', ends(before))
    if (left !== null) await write.transaction.remove('consumer_group_consumers', left.entity.id)
  }
  if (now === null) return
  const present = await write.transaction.find('consumer_group_consumers', ends(now))
  if (present !== null) return
  const fields = { consumer_group: { id: now }, consumer: { id: consumerId } }
  await putUnder(write, 'consumer_group_consumers', { id: write.draws.uuid(), fields })
}
