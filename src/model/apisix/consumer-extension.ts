import { z } from 'zod'
import { optional, uuid } from '../fields.ts'
import { apisixId } from './apisix-id.ts'
import { apisixDescription, apisixLabels, apisixName } from './common-fields.ts'

/** What a consumer says that was written in APISIX's dialect, and Kong's fields have no words for. */
export const CONSUMER_EXTENSION = z.strictObject({
  group_id: optional(
    uuid(),
    'Id of the consumer group that was written with the consumer; null (none) by default.',
  ),
  desc: apisixDescription(),
  labels: apisixLabels(),
})

/** The same of a consumer group. */
export const CONSUMER_GROUP_EXTENSION = z.strictObject({
  id: apisixId()
    .nullable()
    .default(null)
    .describe('Id as it was written; null (the name) by default.'),
  name: apisixName(),
  desc: apisixDescription(),
  labels: apisixLabels(),
})

/** The same of a credential. */
export const CREDENTIAL_EXTENSION = z.strictObject({
  id: apisixId()
    .nullable()
    .default(null)
    .describe('Id as it was written; null (the id of the entity) by default.'),
  name: apisixName(),
  desc: apisixDescription(),
  labels: apisixLabels(),
})
