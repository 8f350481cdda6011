import { z } from 'zod'
import { CONSUMER_EXTENSION } from './apisix/consumer-extension.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import { withEntityChecks } from './entity-checks.ts'
import { atLeastOneOf } from './entity-rules.ts'
import { absentWhenNull, extension, id, optional, tags, text, timestampSeconds } from './fields.ts'

const CONSUMER_SCHEMA = withEntityChecks(
  z
    .strictObject({
      id: id(),
      created_at: timestampSeconds('created'),
      updated_at: timestampSeconds('last changed'),
      username: optional(
        text(),
        'Unique name of the consumer, sent upstream as X-Consumer-Username; null by default.',
      ),
      custom_id: optional(
        text(),
        'Unique id of the consumer in your own system, sent upstream as X-Consumer-Custom-ID; null by default.',
      ),
      tags: tags(),
      apisix: extension(
        CONSUMER_EXTENSION,
        "What Kong's fields have no words for of a consumer that was written in APISIX's dialect; absent by default.",
      ),
    })
    .overwrite(absentWhenNull('apisix')),
  [atLeastOneOf(['custom_id', 'username'])],
)

/** A person or a program that calls. Source: Kong Gateway 3.9, Consumer object. */
export type Consumer = DeepReadonly<z.infer<typeof CONSUMER_SCHEMA>>

export const CONSUMER_DEFINITION: EntityDefinition<'consumers'> = {
  kind: 'consumers',
  schema: CONSUMER_SCHEMA,
  endpointKey: 'username',
  unique: [['username'], ['custom_id']],
  foreignKeys: {},
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
}
