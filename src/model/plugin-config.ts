import { z } from 'zod'
import { apisixId } from './apisix/apisix-id.ts'
import { apisixDescription, apisixLabels, apisixName } from './apisix/common-fields.ts'
import { apisixPlugins } from './apisix/stored-plugins.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition, Reference } from './entity.ts'
import { absentWhenNull, extension, id, tags, timestampSeconds } from './fields.ts'
import { referencesOfSplit } from './plugins/split-references.ts'
import { TRAFFIC_SPLIT_PLUGIN } from './plugins/traffic-split.ts'
import { isUuid } from './uuid.ts'

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
  references: referencesOfShared,
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
}

/** What the plugins name, whether or not a route has them. */
export function referencesOfShared({ plugins }: PluginConfig): readonly Reference[] {
  return plugins.flatMap(({ name, config }) => {
    if (name !== 'traffic-split') return []
    const parsed = TRAFFIC_SPLIT_PLUGIN.config.safeParse(config)
    return parsed.success ? referencesOfSplit(parsed.data).filter(({ id }) => isUuid(id)) : []
  })
}
