import { entityIdOf } from '../../../model/apisix/apisix-id.ts'
import { isPlainObject } from '../../../model/plain-object.ts'
import type { SealBody } from '../../resource/seal-body.ts'
import { apisixProblem, invalidConfiguration } from '../answer/apisix-problem.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import { inPlugin, ofPlugin } from '../plugins/check-plugins.ts'
import type { ApisixValue, ApisixWrite } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { keptFields } from '../shared/kong-fields.ts'
import { putUnder } from '../shared/put-entity.ts'
import {
  AUTH_PLUGIN_NAMES,
  type AuthPluginName,
  authPlugin,
  type Credential,
} from './auth-plugins.ts'

/** A credential and the plugin that it is in APISIX. */
export interface NamedCredential {
  readonly plugin: AuthPluginName
  readonly credential: Credential
}

/** The configuration of an auth plugin as it is to be stored: valid, and passwords hashed. */
export async function sealedCredential(
  plugin: AuthPluginName,
  given: unknown,
  sealBody: SealBody,
): Promise<ApisixValue> {
  if (!isPlainObject(given)) {
    const text = `invalid plugin conf ${JSON.stringify(given)} for plugin [${plugin}]`
    throw invalidConfiguration(['plugins', plugin], text)
  }
  const { kind, schema } = authPlugin(plugin)
  const fields = inPlugin(plugin, () => parseConfiguration(schema, given))
  const body = await sealBody({ type: 'json', fields }, kind)
  return body.type === 'json' ? body.fields : fields
}

/** All credentials of a consumer. */
export function credentialsOf(
  view: ConfigurationView,
  consumerId: string,
): readonly NamedCredential[] {
  return AUTH_PLUGIN_NAMES.flatMap((plugin) =>
    view
      .where(authPlugin(plugin).kind, 'consumer', consumerId)
      .map((credential): NamedCredential => ({ plugin, credential })),
  )
}

/** Id of the credential that stands in the plugins of a consumer. */
export function ownCredentialId(consumerId: string, plugin: AuthPluginName): string {
  return entityIdOf('credentials', `${consumerId}/plugins/${plugin}`)
}

/** What to store as a credential. */
export interface CredentialToStore {
  readonly id: string
  readonly consumerId: string
  readonly plugin: AuthPluginName
  /** As `sealedCredential` gives it. */
  readonly config: ApisixValue
  /** What Kong's fields have no words for. */
  readonly apisix: ApisixValue | null
  /** What is said in Kong's words; what is not stays as it is. */
  readonly kong: ApisixValue
}

/** Stores a credential. Fails with invalid_options for a key that another one has. */
export async function writeCredential(write: ApisixWrite, given: CredentialToStore): Promise<void> {
  const { id, consumerId, plugin, config, apisix, kong } = given
  const { kind, kongOnly, toKong } = authPlugin(plugin)
  refuseTakenKey(write.view, given)
  const fields = {
    ...keptFields(write.view.get(kind, id), kongOnly),
    ...toKong(config),
    consumer: { id: consumerId },
    ...(apisix === null ? {} : { apisix }),
    ...kong,
  }
  try {
    await putUnder(write, kind, { id, fields })
  } catch (error) {
    throw ofPlugin(plugin, error)
  }
}

function refuseTakenKey(view: ConfigurationView, { id, plugin, config }: CredentialToStore): void {
  const { kind, keyField } = authPlugin(plugin)
  const key = config[keyField]
  const other = view.all(kind).find((one) => Reflect.get(one, keyField) === key && one.id !== id)
  if (other === undefined) return
  const consumer = view.get('consumers', other.consumer.id)
  throw apisixProblem(
    `duplicate key of plugin ${plugin} found with consumer: ${consumer?.username ?? other.consumer.id}`,
  )
}
