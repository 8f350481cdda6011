import type { FileEntity } from '../../declarative/file-entity.ts'
import type { Identified } from '../../declarative/identify.ts'
import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { EntityDefinition } from '../../model/entity.ts'
import type { SealBody } from '../resource/seal-body.ts'

/** Fields of entities as they are stored, so that nothing is hashed twice. */
export type SealedFields = WeakMap<FileEntity, FileEntity['fields']>

/**
 * Entities with what must not be stored as it was given (a password) as it is stored: unchanged where it is what is
 * stored already, hashed where it is not. Takes some 20 ms for each of them.
 */
export async function sealEntities(
  identified: readonly Identified[],
  { sealBody, sealed }: { readonly sealBody: SealBody; readonly sealed: SealedFields },
): Promise<readonly Identified[]> {
  const result: Identified[] = []
  for (const one of identified) {
    const { kind } = one.entity
    if (ENTITY_DEFINITIONS[kind].seal === undefined) result.push(one)
    else result.push({ ...one, entity: await sealEntity(one, { sealBody, sealed }) })
  }
  return result
}

async function sealEntity(
  { entity, existing }: Identified,
  { sealBody, sealed }: { readonly sealBody: SealBody; readonly sealed: SealedFields },
): Promise<FileEntity> {
  // The compiler cannot know that the definition and the entity are of one kind.
  const { isSealOf } = ENTITY_DEFINITIONS[entity.kind] as EntityDefinition
  if (existing !== null && (await isSealOf?.(existing.entity, entity.fields))) {
    const stored = existing.entity as unknown as Readonly<Record<string, unknown>>
    const names = Object.keys(entity.fields)
    const secrets = ENTITY_DEFINITIONS[entity.kind].secretFields ?? []
    const kept = secrets.filter((name) => names.includes(name)).map((name) => [name, stored[name]])
    return { ...entity, fields: { ...entity.fields, ...Object.fromEntries(kept) } }
  }
  const known = sealed.get(entity)
  if (known !== undefined) return { ...entity, fields: known }
  const body = await sealBody({ type: 'json', fields: entity.fields }, entity.kind)
  const fields = body.type === 'json' ? body.fields : entity.fields
  sealed.set(entity, fields)
  return { ...entity, fields }
}
