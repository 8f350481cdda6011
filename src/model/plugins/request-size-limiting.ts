import { z } from 'zod'
import type { DeepReadonly } from '../deep-readonly.ts'
import { integer, nullableWithDefault, oneOf, withDefault } from '../fields.ts'
import type { PluginDefinition } from './plugin-definition.ts'

/** What null means. */
export const DEFAULT_PAYLOAD_SIZE = 128

/** More than any of the units needs, and still exact in bytes. */
const LARGEST_SIZE = 2 ** 31 - 1

const CONFIG = z.strictObject({
  allowed_payload_size: nullableWithDefault(
    integer(0, LARGEST_SIZE),
    DEFAULT_PAYLOAD_SIZE,
    `Largest body of a request in units of size_unit, 0 to 2147483647; default ${DEFAULT_PAYLOAD_SIZE}. Larger ones get 413.`,
  ),
  size_unit: withDefault(
    oneOf(['megabytes', 'kilobytes', 'bytes']),
    'megabytes',
    'Unit of allowed_payload_size: megabytes (of 1048576 bytes), kilobytes (of 1024) or bytes; default megabytes.',
  ),
  require_content_length: withDefault(
    z.boolean(),
    false,
    'Whether requests without Content-Length get 411, unless their body is chunked; default false.',
  ),
})

/** Source: Kong Gateway 3.9, Request Size Limiting plugin. */
export type RequestSizeLimitingConfig = DeepReadonly<z.infer<typeof CONFIG>>

export const REQUEST_SIZE_LIMITING_PLUGIN = {
  priority: 951,
  config: CONFIG,
  scopes: ['consumer', 'consumer_group'],
  checks: [],
} as const satisfies PluginDefinition
