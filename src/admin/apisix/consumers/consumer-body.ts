import { z } from 'zod'
import { apisixId } from '../../../model/apisix/apisix-id.ts'
import { apisixDescription, apisixLabels } from '../../../model/apisix/common-fields.ts'
import { optional, rule, text } from '../../../model/fields.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'

const USERNAME = /^[a-zA-Z0-9_-]+$/

export const PLUGIN_MAP = z.record(z.string(), z.unknown())

export const CONSUMER_BODY = z.strictObject({
  username: text().check(
    rule((name: string) =>
      USERNAME.test(name) ? null : `failed to match pattern "^[a-zA-Z0-9_\\-]+$" with "${name}"`,
    ),
  ),
  desc: apisixDescription(),
  labels: apisixLabels(),
  group_id: optional(apisixId(), 'Id of the consumer group; null (none) by default.'),
  plugins: optional(PLUGIN_MAP, 'Credentials and plugins by name; null (none) by default.'),
  kong: z.unknown().optional(),
})

export type ConsumerBody = z.infer<typeof CONSUMER_BODY>

/** A consumer. Source: APISIX 3.18 (reference apisix.md, c2). Fails with schema_violation. */
export function parseConsumer(given: ApisixValue): ConsumerBody {
  return parseConfiguration(CONSUMER_BODY, given)
}
