import { z } from 'zod'
import { optional, uuid } from '../fields.ts'

/** Where a plugin comes from that was written elsewhere in APISIX's dialect. It is written anew whenever that is. */
export const PLUGIN_EXTENSION = z.strictObject({
  plugin_config_id: optional(
    uuid(),
    'Id of the plugin config that the plugin comes from; null (none) by default.',
  ),
})
