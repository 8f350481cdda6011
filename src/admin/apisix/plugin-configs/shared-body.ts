import { z } from 'zod'
import { apisixDescription, apisixLabels, apisixName } from '../../../model/apisix/common-fields.ts'
import { validateEntity } from '../../resource/validate-entity.ts'
import { PLUGIN_MAP } from '../consumers/consumer-body.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import { type CheckedPlugin, checkedPlugins, ofPlugin } from '../plugins/check-plugins.ts'
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

/** The plugins, judged as if they were in force on something. Fails with schema_violation. */
export async function judgedPlugins(
  { transaction, view, nowMs, draws }: ApisixWrite,
  { plugins }: SharedBody,
): Promise<readonly CheckedPlugin[]> {
  const checked = checkedPlugins(view, plugins)
  for (const { name, config } of checked) {
    const place = { kind: 'plugins', parent: null } as const
    const body = { type: 'json', fields: { name, config } } as const
    try {
      await validateEntity(transaction, { place, body, nowMs, draws })
    } catch (error) {
      throw ofPlugin(name, error)
    }
  }
  return checked
}
