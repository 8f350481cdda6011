import { z } from 'zod'
import { resolveSplitUpstreams } from '../../../configuration/resolve-split-upstreams.ts'
import { buildEntity } from '../../../configuration/store-entity.ts'
import { apisixDescription, apisixLabels, apisixName } from '../../../model/apisix/common-fields.ts'
import type { Plugin } from '../../../model/plugin.ts'
import { PLUGIN_MAP } from '../consumers/consumer-body.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import { type CheckedPlugin, checkedPlugins, ofPlugin } from '../plugins/check-plugins.ts'
import { judgePlugin } from '../plugins/judge-plugin.ts'
import type { ApisixValue, ApisixWrite } from '../shared/apisix-resource.ts'

export const SHARED_BODY = z.strictObject({
  name: apisixName(),
  desc: apisixDescription(),
  labels: apisixLabels(),
  plugins: PLUGIN_MAP,
  kong: z.unknown().optional(),
})

export type SharedBody = z.infer<typeof SHARED_BODY>

/** A plugin config or a consumer group. Source: APISIX 3.18 (reference apisix.md, c2). Fails with schema_violation. */
export function parseShared({ id: _, ...given }: ApisixValue): SharedBody {
  return parseConfiguration(SHARED_BODY, given)
}

/**
 * The plugins, judged as if they were in force on something, with ids of upstreams in place of names. Fails with
 * schema_violation, and with foreign_keys_unresolved for an upstream that is not there.
 */
export async function judgedPlugins(
  write: ApisixWrite,
  { plugins }: SharedBody,
): Promise<readonly CheckedPlugin[]> {
  const judged: CheckedPlugin[] = []
  for (const plugin of checkedPlugins(write.view, plugins)) {
    await judgePlugin(write.transaction, plugin, write)
    judged.push({ ...plugin, config: await resolvedConfig(write, plugin) })
  }
  return judged
}

async function resolvedConfig(
  { transaction, nowMs, draws }: ApisixWrite,
  { name, config }: CheckedPlugin,
): Promise<ApisixValue> {
  const built = buildEntity({ kind: 'plugins', nowMs, draws }, { name, config })
  try {
    const { entity } = await resolveSplitUpstreams(transaction, built)
    return (entity as Plugin).config
  } catch (error) {
    throw ofPlugin(name, error)
  }
}
