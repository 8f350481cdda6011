import type { Entity } from '../../../model/entity.ts'
import type { Versions } from '../../../store/store.ts'
import type { ApisixResource, ApisixValue } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'

/** A configuration as it is answered: `/apisix/routes/1` and its value with id and times. */
export interface Keyed {
  readonly key: string
  readonly value: ApisixValue
}

/** Source: APISIX 3.18, envelope of the Admin API (reference apisix.md, c1). */
export function keyed(resource: ApisixResource, view: ConfigurationView, entity: Entity): Keyed {
  const id = resource.idOf(entity)
  return {
    key: `/apisix/${resource.segment}/${id}`,
    value: {
      [resource.idField]: id,
      ...resource.project(view, entity),
      create_time: Math.floor(entity.created_at),
      update_time: Math.floor('updated_at' in entity ? entity.updated_at : entity.created_at),
    },
  }
}

/** With the versions of the configuration in which it was created and last changed. */
export function indexed(one: Keyed, versions: Versions | undefined) {
  return {
    ...one,
    ...(versions === undefined
      ? {}
      : { createdIndex: versions.created, modifiedIndex: versions.modified }),
  }
}
