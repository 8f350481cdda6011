import { ENTITY_DEFINITIONS } from '../../src/model/entities.ts'
import type { EntityKind, EntityTypes } from '../../src/model/entity.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { parseEntity } from '../../src/model/validate.ts'

export const SOME_ID = '4e3ad2e4-0bc4-4638-8e34-c84a417ba39b'
export const OTHER_ID = 'a9daa3ba-8186-4a0d-96e8-00d80ce7240b'

/** What the gateway itself fills in before an entity is parsed. */
export const STAMPS = { id: SOME_ID, created_at: 1700000000 } as const

/** Parses the fields a client would send, with id and timestamps beside them. */
export function parse<K extends EntityKind>(kind: K, fields: object): EntityTypes[K] {
  const updated = ENTITY_DEFINITIONS[kind].hasUpdatedAt ? { updated_at: 1700000001 } : {}
  return parseEntity(kind, { ...STAMPS, ...updated, ...fields })
}

/** Every problem by field, as `path → message`; those of one field are joined. Empty when all is well. */
export function problems(kind: EntityKind, fields: object): Record<string, string> {
  return problemsOf(() => parse(kind, fields))
}

/** The same of anything that parses. */
export function problemsOf(work: () => unknown): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { path, message } of failure(work)?.details ?? []) {
    const field = path.join('.')
    found[field] = Object.hasOwn(found, field) ? `${found[field]}; ${message}` : `${message}`
  }
  return found
}

/** The GatewayError that `work` throws, or null when it throws none. */
export function failure(work: () => unknown): GatewayError | null {
  try {
    work()
    return null
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
}
