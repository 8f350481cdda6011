import { z } from 'zod'
import { listOf, required, text, withDefault } from '../fields.ts'

const STORED_PLUGIN = z.strictObject({
  name: required(text(), 'Name of the plugin.'),
  config: required(z.record(text(), z.unknown()), 'Configuration of the plugin, as of a plugin.'),
  enabled: withDefault(z.boolean(), true, 'Whether the plugin runs; default true.'),
})

/** Plugins that are kept apart from what they are in force on, which has a copy of each. */
export const apisixPlugins = (effect: string) =>
  withDefault(listOf(STORED_PLUGIN), [], `${effect}; default none.`)
