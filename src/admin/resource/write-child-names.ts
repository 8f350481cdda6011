import { refuseField } from '../../configuration/refuse-field.ts'
import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { ChildNames, Entity } from '../../model/entity.ts'
import { GatewayError } from '../../model/errors.ts'
import { MAX_ELEMENTS } from '../../model/fields.ts'
import { expectedType, lengthAtMost } from '../../model/kong-messages.ts'
import { schemaViolation } from '../../model/schema-violation.ts'
import { isUuid } from '../../model/uuid.ts'
import type { StoreTransaction } from '../../store/store.ts'
import { readFields } from '../body/read-fields.ts'
import { findItem } from './place.ts'
import { childrenByName, parentIdOfChild, withChildNames } from './read-child-names.ts'
import type { Write } from './write.ts'
import { createEntity } from './write-entity.ts'

/** One way to write an entity; `key` names it in the path and is empty for a collection. */
export type WriteStep<T = unknown> = (
  transaction: StoreTransaction,
  write: Write,
  key: string,
) => Promise<T>

/**
 * The step, for all kinds: where the children of a kind are written with it by name, names that are new become
 * children and children that are not named go. A body without names leaves the children alone (`keep`, PATCH) or takes
 * them all away (`clear`). Answers what is then to be shown.
 * Source: Kong Gateway 3.9, `snis` of the Certificate object.
 */
export function writingChildNames(
  step: WriteStep<Entity>,
  whenAbsent: 'keep' | 'clear',
): WriteStep {
  return async (transaction, write, key) => {
    const { kind } = write.place
    const { childNames } = ENTITY_DEFINITIONS[kind]
    if (childNames === undefined) return step(transaction, write, key)
    const { [childNames.field]: given, ...fields } = readFields(write.body, kind, null)
    const named = readNames(childNames, given)
    const names =
      whenAbsent === 'keep' ? named : await withNameInPath(transaction, write, { key, named })
    const entity = await step(transaction, { ...write, body: { type: 'json', fields } }, key)
    if (names !== undefined)
      await replaceChildren(transaction, write, { entity, names, childNames })
    return withChildNames(transaction, kind, entity)
  }
}

/** A name in the path that nothing has yet is a child to be created with the entity. */
async function withNameInPath(
  transaction: StoreTransaction,
  { place }: Write,
  { key, named = [] }: { readonly key: string; readonly named: readonly string[] | undefined },
): Promise<readonly string[]> {
  const isNew = key !== '' && !isUuid(key) && (await findItem(transaction, place, key)) === null
  return isNew && !named.includes(key) ? [...named, key] : named
}

/** The names of a body: null is none of them, undefined when nothing is said about them. Fails with schema_violation. */
export function readNames({ field }: ChildNames, given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined
  if (given === null) return []
  if (!Array.isArray(given)) throw refuseField(field, expectedType('array'))
  if (given.length > MAX_ELEMENTS) throw refuseField(field, lengthAtMost(MAX_ELEMENTS))
  const seen = new Set<string>()
  for (const [index, name] of given.entries()) {
    if (typeof name !== 'string') {
      throw schemaViolation([{ path: [field, index], message: expectedType('string') }])
    }
    if (seen.has(name)) throw refuseField(field, `${name} is duplicated`)
    seen.add(name)
  }
  return [...seen]
}

async function replaceChildren(
  transaction: StoreTransaction,
  write: Write,
  wanted: {
    readonly entity: Entity
    readonly names: readonly string[]
    readonly childNames: ChildNames
  },
): Promise<void> {
  const { entity, names, childNames } = wanted
  const present = await childrenByName(transaction, childNames, entity.id)
  const kept = new Set(names)
  for (const [name, id] of present) {
    if (!kept.has(name)) await transaction.remove(childNames.kind, id)
  }
  for (const [index, name] of names.entries()) {
    if (present.has(name)) continue
    const otherId = await parentIdOfChild(transaction, childNames, name)
    if (otherId !== null) {
      const parentName = write.place.kind.replace(/s$/, '')
      const message = `${name} already associated with existing ${parentName} '${otherId}'`
      throw refuseField(childNames.field, message)
    }
    await createChild(transaction, write, { parentId: entity.id, index, name, childNames })
  }
}

/** What is wrong with the name is reported where the body has it. */
async function createChild(
  transaction: StoreTransaction,
  write: Write,
  child: {
    readonly parentId: string
    readonly index: number
    readonly name: string
    readonly childNames: ChildNames
  },
): Promise<void> {
  const { kind, foreignKey, nameField, field } = child.childNames
  const place = { kind, parent: { field: foreignKey, id: child.parentId } }
  const fields = { [nameField]: child.name }
  try {
    await createEntity(transaction, { ...write, place, body: { type: 'json', fields } })
  } catch (error) {
    throw violationOfName(error, [field, child.index])
  }
}

/** The error about a child as one about its name in the body of the parent; any other error as it is. */
export function violationOfName(error: unknown, path: readonly (string | number)[]): unknown {
  if (!(error instanceof GatewayError) || error.code !== 'schema_violation') return error
  return schemaViolation(error.details.map(({ message }) => ({ path, message })))
}
