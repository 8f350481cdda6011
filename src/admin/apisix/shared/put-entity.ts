import type { Entity, EntityKind } from '../../../model/entity.ts'
import { putEntity } from '../../resource/write-entity.ts'
import type { ApisixWrite } from './apisix-resource.ts'

/** Stores an entity under its id, new or in place of the old one, as a PUT in Kong's dialect does. */
export function putUnder(
  { transaction, nowMs, draws }: ApisixWrite,
  kind: EntityKind,
  { id, fields }: { readonly id: string; readonly fields: Readonly<Record<string, unknown>> },
): Promise<Entity> {
  const place = { kind, parent: null }
  const body = { type: 'json', fields } as const
  return putEntity(transaction, { place, body, nowMs, draws }, id)
}
