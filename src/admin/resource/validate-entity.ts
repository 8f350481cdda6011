import { checkEntity } from '../../configuration/check-entity.ts'
import { buildEntity } from '../../configuration/store-entity.ts'
import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { ChildNames, StoredEntity } from '../../model/entity.ts'
import type { StoreReader } from '../../store/store.ts'
import { readFields } from '../body/read-fields.ts'
import { prepareInput } from './prepare-input.ts'
import type { Write } from './write.ts'
import { readNames, violationOfName } from './write-child-names.ts'

/**
 * Judges what a POST with this body would store, without storing it. Fails as the POST does, but for what only other
 * entities decide: values that are taken and ids that lead nowhere.
 * Source: Kong Gateway 3.9, validation endpoints of the Admin API.
 */
export async function validateEntity(reader: StoreReader, write: Write): Promise<void> {
  const { place } = write
  const { childNames } = ENTITY_DEFINITIONS[place.kind]
  const fields = readFields(write.body, place.kind, null)
  const { [childNames?.field ?? '']: names, ...own } = fields
  const input = await prepareInput(
    reader,
    { place, body: { type: 'json', fields: childNames === undefined ? fields : own } },
    null,
  )
  const stored = buildEntity({ ...write, kind: place.kind }, input)
  await checkEntity(reader, {
    kind: place.kind,
    entity: stored.entity,
    previous: null,
  })
  if (childNames !== undefined) validateNames(write, { parent: stored, childNames, names })
}

function validateNames(
  write: Write,
  given: {
    readonly parent: StoredEntity
    readonly childNames: ChildNames
    readonly names: unknown
  },
): void {
  const { kind, foreignKey, nameField, field } = given.childNames
  const parent = { field: foreignKey, id: given.parent.entity.id }
  for (const [index, name] of (readNames(given.childNames, given.names) ?? []).entries()) {
    try {
      const input = { [nameField]: name, [foreignKey]: { id: parent.id } }
      buildEntity({ ...write, kind }, input)
    } catch (error) {
      throw violationOfName(error, [field, index])
    }
  }
}
