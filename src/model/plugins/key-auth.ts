import { z } from 'zod'
import type { DeepReadonly } from '../deep-readonly.ts'
import { listOf, optional, rule, text, withDefault } from '../fields.ts'
import { headerName } from '../header-fields.ts'
import type { PluginDefinition } from './plugin-definition.ts'

const CONFIG = z.strictObject({
  key_names: withDefault(
    listOf(headerName()).min(1),
    ['apikey'],
    'Names of header fields and query arguments to look for the key in; default apikey.',
  ),
  key_in_header: withDefault(
    z.boolean(),
    true,
    'Whether the key is looked for in header fields; default true.',
  ),
  key_in_query: withDefault(
    z.boolean(),
    true,
    'Whether the key is looked for in query arguments; default true.',
  ),
  key_in_body: withDefault(
    z
      .boolean()
      .check(
        rule((isOn) =>
          isOn
            ? 'must be false: bodies are forwarded as they come in, and no key is read from them'
            : null,
        ),
      ),
    false,
    'Whether the key is looked for in the body; only false, the default: bodies are not read.',
  ),
  hide_credentials: withDefault(
    z.boolean(),
    false,
    'Whether the key is removed before the request is forwarded; default false.',
  ),
  anonymous: optional(
    text(),
    'Id or username of the consumer that stands in for requests without a valid key; null (they get 401) by default.',
  ),
  run_on_preflight: withDefault(
    z.boolean(),
    true,
    'Whether OPTIONS requests need a key as well; default true.',
  ),
  realm: optional(text(), 'Realm named in WWW-Authenticate of a 401; null (none) by default.'),
})

/** Source: Kong Gateway 3.9, Key Auth plugin. */
export type KeyAuthConfig = DeepReadonly<z.infer<typeof CONFIG>>

export const KEY_AUTH_PLUGIN = {
  priority: 1250,
  config: CONFIG,
  scopes: [],
  checks: [],
} as const satisfies PluginDefinition
