import { z } from 'zod'
import type { DeepReadonly } from '../deep-readonly.ts'
import { exactlyOneOf } from '../entity-rules.ts'
import { listOf, optional, text, withDefault } from '../fields.ts'
import type { PluginDefinition } from './plugin-definition.ts'

const CONFIG = z.strictObject({
  allow: optional(
    listOf(text()),
    'Groups whose consumers may call; all others get 403. Null by default; exactly one of allow and deny is given.',
  ),
  deny: optional(
    listOf(text()),
    'Groups whose consumers get 403; all others may call. Null by default; exactly one of allow and deny is given.',
  ),
  hide_groups_header: withDefault(
    z.boolean(),
    false,
    'Whether X-Consumer-Groups is kept from the upstream; default false.',
  ),
  always_use_authenticated_groups: withDefault(
    z.boolean(),
    false,
    'Whether groups found by authentication count even with a consumer; default false.',
  ),
})

/** Source: Kong Gateway 3.9, ACL plugin. */
export type AclConfig = DeepReadonly<z.infer<typeof CONFIG>>

export const ACL_PLUGIN = {
  priority: 950,
  config: CONFIG,
  scopes: [],
  checks: [exactlyOneOf(['config.allow', 'config.deny'])],
} as const satisfies PluginDefinition
