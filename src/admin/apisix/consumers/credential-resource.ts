import { z } from 'zod'
import { type ApisixId, entityIdOf } from '../../../model/apisix/apisix-id.ts'
import { apisixDescription, apisixLabels, apisixName } from '../../../model/apisix/common-fields.ts'
import type { Consumer } from '../../../model/consumer.ts'
import { isUuid } from '../../../model/uuid.ts'
import type { SealBody } from '../../resource/seal-body.ts'
import { invalidConfiguration } from '../answer/apisix-problem.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import type { ApisixValue, ApisixWrite } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { fieldsBeyond, kongFieldsOf, underKong, withoutNulls } from '../shared/kong-fields.ts'
import { apisixIdOf } from '../shared/shown-id.ts'
import { type AuthPluginName, authPlugin, isAuthPlugin } from './auth-plugins.ts'
import { PLUGIN_MAP } from './consumer-body.ts'
import {
  credentialsOf,
  type NamedCredential,
  ownCredentialId,
  sealedCredential,
  writeCredential,
} from './credentials.ts'

const CREDENTIAL_BODY = z.strictObject({
  name: apisixName(),
  desc: apisixDescription(),
  labels: apisixLabels(),
  plugins: PLUGIN_MAP,
  kong: z.unknown().optional(),
})

/** A credential as it is to be stored. */
export interface PreparedCredential {
  readonly plugin: AuthPluginName
  readonly config: ApisixValue
  readonly about: ApisixValue
  /** What the body says in Kong's words. */
  readonly kong: ApisixValue
}

/** The credentials of a consumer that do not stand in its plugins, those of Kong's dialect among them. */
export function listedCredentials(
  view: ConfigurationView,
  { id }: Consumer,
): readonly NamedCredential[] {
  return credentialsOf(view, id).filter(
    ({ plugin, credential }) => credential.id !== ownCredentialId(id, plugin),
  )
}

/** The one with an id of APISIX. */
export function findCredential(
  view: ConfigurationView,
  consumer: Consumer,
  id: string,
): NamedCredential | undefined {
  const entityId = credentialEntityId(consumer.id, id)
  return listedCredentials(view, consumer).find(({ credential }) => credential.id === entityId)
}

/** `/apisix/consumers/jack/credentials/1` and what stands there. */
export function keyedCredential(consumer: Consumer, { plugin, credential }: NamedCredential) {
  const { fromKong, kongOnly } = authPlugin(plugin)
  const { apisix, created_at } = credential
  const id = apisixIdOf(credential, credential.id)
  const beyond = fieldsBeyond(
    credential,
    kongOnly,
    Object.fromEntries(kongOnly.map((name) => [name, null])),
  )
  return {
    key: `/apisix/consumers/${consumer.username ?? consumer.id}/credentials/${id}`,
    value: {
      id,
      ...withoutNulls({ name: apisix?.name, desc: apisix?.desc, labels: apisix?.labels }),
      plugins: { [plugin]: fromKong(credential) },
      create_time: created_at,
      update_time: created_at,
      ...underKong(beyond),
    },
  }
}

/** Checks the body of a credential. Source: APISIX 3.18 (reference apisix.md, c2). Fails with schema_violation. */
export async function preparedCredential(
  { id: _, ...given }: ApisixValue,
  sealBody: SealBody,
): Promise<PreparedCredential> {
  const { plugins, kong: inKong, ...about } = parseConfiguration(CREDENTIAL_BODY, given)
  const [first, ...others] = Object.entries(plugins)
  if (first === undefined || others.length > 0 || !isAuthPlugin(first[0])) {
    throw invalidConfiguration(
      ['plugins'],
      'a credential has exactly one of the plugins key-auth, basic-auth and jwt-auth',
    )
  }
  const [plugin, config] = first
  const kong = kongFieldsOf(inKong, authPlugin(plugin).kongOnly)
  return { plugin, config: await sealedCredential(plugin, config, sealBody), about, kong }
}

/** Stores a credential of a consumer, in place of what has its id. */
export async function putCredential(
  write: ApisixWrite,
  { consumer, id }: { readonly consumer: Consumer; readonly id: ApisixId },
  { plugin, config, about, kong }: PreparedCredential,
): Promise<void> {
  const existing = findCredential(write.view, consumer, String(id))
  if (existing !== undefined && existing.plugin !== plugin) {
    await write.transaction.remove(authPlugin(existing.plugin).kind, existing.credential.id)
  }
  const entityId = credentialEntityId(consumer.id, id)
  const apisix = { ...about, id: entityId === id ? null : id }
  await writeCredential(write, {
    id: entityId,
    consumerId: consumer.id,
    plugin,
    config,
    apisix,
    kong,
  })
}

/** Two consumers may have credentials of one id. */
function credentialEntityId(consumerId: string, id: ApisixId): string {
  return entityIdOf('credentials', isUuid(id) ? id : `${consumerId}/${id}`)
}
