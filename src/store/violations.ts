import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type { EntityKind, StoredEntity } from '../model/entity.ts'
import { type ErrorDetail, GatewayError } from '../model/errors.ts'
import { foreignKeyId } from '../model/unique-keys.ts'
import { fieldsOf } from './entity-rows.ts'

/**
 * A value that another entity already has, with one detail per field of the set.
 * A foreign key is reported at `[field, 'id']`. Source: wording of Kong Gateway 3.9.
 */
export function uniqueViolation(row: StoredEntity, set: readonly string[]): GatewayError {
  const fields = fieldsOf(row.entity)
  const omitted = ENTITY_DEFINITIONS[row.kind].omittedWhenNull ?? []
  const isShown = (field: string) => !omitted.includes(field) || (fields[field] ?? null) !== null
  const sorted = set.filter(isShown).toSorted()
  const details = sorted.map((field) => takenValue(field, fields[field]))
  const values = sorted.map((field) => `${field}=${literal(fields[field])}`).join(',')
  return new GatewayError('unique_violation', `UNIQUE violation detected on '{${values}}'`, {
    details,
  })
}

/** An id that another entity of the kind already has. */
export function primaryKeyViolation(id: string): GatewayError {
  return new GatewayError('primary_key_violation', `primary key violation on key '{id="${id}"}'`, {
    details: [{ path: ['id'], message: id }],
  })
}

/** A foreign key that points at nothing. */
export function missingParent(field: string, kind: string, id: string): GatewayError {
  return new GatewayError(
    'foreign_key_violation',
    `the foreign key '{id="${id}"}' does not reference an existing '${kind}' entity.`,
    { details: [{ path: [field, 'id'], message: id }] },
  )
}

/** A deletion that the entities pointing at it forbid. */
export function stillReferenced(kind: EntityKind, byKind: string): GatewayError {
  return new GatewayError(
    'foreign_key_violation',
    `an existing '${byKind}' entity references this '${kind}' entity`,
    { details: [{ path: ['@referenced_by'], message: byKind }] },
  )
}

/** A deletion that a list of ids forbids. Source: Kong Gateway 3.9, deletion of CA certificates. */
export function stillListed(
  parent: { readonly kind: EntityKind; readonly id: string },
  child: { readonly kind: EntityKind; readonly id: string },
): GatewayError {
  const what = parent.kind.replaceAll('_', ' ').replace(/s$/, '')
  const message = `${what} ${parent.id} is still referenced by ${child.kind} (id = ${child.id})`
  return new GatewayError('referenced_by_others', message, {
    details: [{ path: ['@referenced_by'], message: child.kind }],
  })
}

/** An entity to replace that is not there. */
export function missingEntity(kind: EntityKind, id: string): GatewayError {
  return new GatewayError('not_found', `there is no '${kind}' entity with id ${id}`, {
    details: [{ path: ['id'], message: id }],
  })
}

function takenValue(field: string, value: unknown): ErrorDetail {
  if (value === null || value === undefined) return { path: [field], message: null }
  const parentId = foreignKeyId(value)
  return parentId === null
    ? { path: [field], message: String(value) }
    : { path: [field, 'id'], message: parentId }
}

/** A value as Kong's messages write it. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  const parentId = foreignKeyId(value)
  return parentId === null ? `"${String(value)}"` : `{id="${parentId}"}`
}
