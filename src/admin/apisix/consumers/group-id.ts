import { type ApisixId, entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { ConsumerGroup } from '../../../model/consumer-group.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'

/** The group that an id of APISIX names; one that was written in Kong's dialect has its name for one too. */
export function groupNamed(view: ConfigurationView, id: ApisixId): ConsumerGroup | undefined {
  return (
    view.get('consumer_groups', entityIdOf('consumer_groups', id)) ??
    view.where('consumer_groups', 'name', String(id))[0]
  )
}

/** The id under which APISIX's dialect shows a group. */
export function groupIdShown(view: ConfigurationView, entityId: string): ApisixId {
  const group = view.get('consumer_groups', entityId)
  return group?.apisix?.id ?? group?.name ?? entityId
}
