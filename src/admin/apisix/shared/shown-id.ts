import type { ApisixId } from '../../../model/apisix/apisix-id.ts'

/** The id under which APISIX's dialect shows an entity: as it was written, else that of the entity. */
export function apisixIdOf(
  entity: { readonly apisix?: { readonly id: ApisixId | null } | null | undefined } | undefined,
  entityId: string,
): ApisixId {
  return entity?.apisix?.id ?? entityId
}
