import { foreignKey, optional, rule } from './fields.ts'
import { MUST_BE_NULL } from './kong-messages.ts'
import type { ConsumerScopeField } from './plugins/plugin-definition.ts'

/** The fields that limit a plugin to who calls; null is all that a plugin takes which cannot be limited so. */
export function consumerScopeFields(allowed: readonly ConsumerScopeField[]) {
  return {
    consumer: optional(
      foreignKey('consumers').check(nullUnless(allowed.includes('consumer'))),
      allowed.includes('consumer')
        ? 'Consumer the plugin is limited to; null (any) by default.'
        : 'Always null: this plugin cannot be limited to a consumer.',
    ),
    consumer_group: optional(
      foreignKey('consumer_groups').check(nullUnless(allowed.includes('consumer_group'))),
      allowed.includes('consumer_group')
        ? 'Consumer group the plugin is limited to; null (any) by default.'
        : 'Always null: this plugin cannot be limited to a consumer group.',
    ),
  }
}

function nullUnless(isAllowed: boolean) {
  return rule(() => (isAllowed ? null : MUST_BE_NULL))
}
