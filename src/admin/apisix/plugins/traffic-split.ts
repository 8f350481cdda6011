import { entityIdOf } from '../../../model/apisix/apisix-id.ts'
import { isPlainObject } from '../../../model/plain-object.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { upstreamIdShown } from '../upstreams/upstream-id.ts'

/** The split with ids of APISIX in place of which ours stand; one that leads nowhere is left for the check of that. */
export function splitConfig(view: ConfigurationView, config: ApisixValue): ApisixValue {
  return withUpstreamIds(config, (id) => entityIdNamed(view, id))
}

/** The split as APISIX shows it: ids as they were written, and nothing that is null. */
export function splitOf(view: ConfigurationView, config: ApisixValue): ApisixValue {
  const named = withUpstreamIds(config, (id) => upstreamIdShown(view, String(id)))
  return withoutNullsInside(named) as ApisixValue
}

/** The upstream of a service has the id of the service (API7; reference apisix.md, c3). */
function entityIdNamed(view: ConfigurationView, id: unknown): unknown {
  if (typeof id !== 'string' && typeof id !== 'number') return id
  for (const kind of ['upstreams', 'services', 'routes']) {
    const entityId = entityIdOf(kind, id)
    if (view.get('upstreams', entityId) !== undefined) return entityId
  }
  return String(id)
}

function withUpstreamIds(config: ApisixValue, translate: (id: unknown) => unknown): ApisixValue {
  return within(config, 'rules', (rule) =>
    within(rule, 'weighted_upstreams', (item) =>
      (item.upstream_id ?? null) === null
        ? item
        : { ...item, upstream_id: translate(item.upstream_id) },
    ),
  )
}

function within(
  fields: ApisixValue,
  list: string,
  change: (element: ApisixValue) => ApisixValue,
): ApisixValue {
  const elements = fields[list]
  if (!Array.isArray(elements)) return fields
  return {
    ...fields,
    [list]: elements.map((one: unknown) => (isPlainObject(one) ? change(one) : one)),
  }
}

/** Null has a meaning in expressions. */
function withoutNullsInside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullsInside)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null)
      .map(([key, one]) => [key, key === 'vars' ? one : withoutNullsInside(one)]),
  )
}
