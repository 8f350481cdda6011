import { z } from 'zod'
import { apisixId } from './apisix/apisix-id.ts'
import { apisixDescription, apisixLabels, apisixName } from './apisix/common-fields.ts'
import { apisixPlugins } from './apisix/stored-plugins.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import { absentWhenNull, extension, id, tags, timestampSeconds } from './fields.ts'

const PLUGIN_CONFIG_SCHEMA = z
  .strictObject({
    id: id(),
    created_at: timestampSeconds('created'),
    updated_at: timestampSeconds('last changed'),
    plugins: apisixPlugins('Plugins that fill the gaps in those of the routes that name it'),
    tags: tags(),
    apisix: extension(
      z.strictObject({
        id: apisixId()
          .nullable()
          .default(null)
          .describe('Id as it was written; null (the id of the entity) by default.'),
        name: apisixName(),
        desc: apisixDescription(),
        labels: apisixLabels(),
      }),
      "What was written in APISIX's dialect beside the plugins; absent by default.",
    ),
  })
  .overwrite(absentWhenNull('apisix'))

/** Plugins that several routes share, beyond Kong. Source: APISIX 3.18, plugin config (reference apisix.md, d2). */
export type PluginConfig = DeepReadonly<z.infer<typeof PLUGIN_CONFIG_SCHEMA>>

export const PLUGIN_CONFIG_DEFINITION: EntityDefinition<'plugin_configs'> = {
  kind: 'plugin_configs',
  schema: PLUGIN_CONFIG_SCHEMA,
  endpointKey: null,
  unique: [],
  foreignKeys: {},
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
}
