import { foreignKeysUnresolved } from '../../configuration/foreign-keys-unresolved.ts'
import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { EntityKind } from '../../model/entity.ts'
import type { ErrorDetail } from '../../model/errors.ts'
import { isPlainObject } from '../../model/plain-object.ts'
import type { StoreReader } from '../../store/store.ts'

/**
 * The input with every `{ name: … }` (or other endpoint key) of a foreign key replaced by the id it stands for. Beside
 * an id, as decK sends it, a name says nothing and is left out.
 * Ids are left to the store, which checks them in the same transaction.
 * Fails with foreign_keys_unresolved for all that name nothing (Kong's code 13).
 */
export async function resolveReferences(
  reader: StoreReader,
  kind: EntityKind,
  input: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const resolved: Record<string, unknown> = { ...input }
  const unresolved: ErrorDetail[] = []
  for (const [field, { kind: parentKind }] of Object.entries(
    ENTITY_DEFINITIONS[kind].foreignKeys,
  )) {
    const { endpointKey } = ENTITY_DEFINITIONS[parentKind]
    if (endpointKey === null || !Object.hasOwn(input, field)) continue
    resolved[field] = withoutKeyBesideId(input[field], endpointKey)
    const key = soleKey(input[field], endpointKey)
    if (key === undefined) continue
    const parent = await reader.find(parentKind, { [endpointKey]: key })
    if (parent !== null) resolved[field] = { id: parent.entity.id }
    else {
      const message = `the foreign key cannot be resolved with '{${endpointKey}=${JSON.stringify(key)}}' for an existing '${parentKind}' entity`
      unresolved.push({ path: [field, endpointKey], message })
    }
  }
  if (unresolved.length > 0) throw foreignKeysUnresolved(unresolved)
  return resolved
}

function withoutKeyBesideId(reference: unknown, endpointKey: string): unknown {
  if (!isPlainObject(reference) || !Object.hasOwn(reference, 'id')) return reference
  const { [endpointKey]: _, ...others } = reference
  return others
}

/** The endpoint key in `{ name: 'x' }`; undefined for every other shape, which the schema then judges. */
function soleKey(reference: unknown, endpointKey: string): string | undefined {
  if (!isPlainObject(reference) || Object.keys(reference).length !== 1) return undefined
  const key = reference[endpointKey]
  return typeof key === 'string' ? key : undefined
}
