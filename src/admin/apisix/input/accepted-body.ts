import { z } from 'zod'
import { type ApisixId, apisixId } from '../../../model/apisix/apisix-id.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import type { ApisixResource, ApisixValue } from '../shared/apisix-resource.ts'
import { parseConfiguration } from './parse-configuration.ts'

const SERVER_FIELDS = ['create_time', 'update_time'] as const

/**
 * Id and body of a PUT: the id of the path or the body, which must be the same. A number in the body stays one.
 * Fails with invalid_options. Source: APISIX 3.18 (reference apisix.md, c1).
 */
export function acceptedBody(
  resource: Pick<ApisixResource, 'idField' | 'word'>,
  given: ApisixValue,
  pathId: string | null,
): { readonly id: ApisixId; readonly body: ApisixValue } {
  refuseServerFields(given)
  const { idField, word } = resource
  const bodyId = given[idField]
  const id = (bodyId ?? null) === null ? pathId : parsedId(idField, bodyId)
  if (id === null)
    throw apisixProblem(idField === 'username' ? 'missing username' : `missing ${word} id`)
  if (pathId !== null && String(id) !== pathId) {
    throw apisixProblem(idField === 'username' ? 'wrong username' : `wrong ${word} id`)
  }
  return { id: parsedId(idField, id), body: { ...given, [idField]: id } }
}

/** Body of a POST, whose id the gateway makes. Fails with invalid_options. */
export function acceptedNewBody(
  { idField, word }: ApisixResource,
  given: ApisixValue,
): ApisixValue {
  refuseServerFields(given)
  if ((given[idField] ?? null) !== null) throw apisixProblem(`wrong ${word} id, do not need it`)
  return given
}

function refuseServerFields(given: ApisixValue): void {
  const field = SERVER_FIELDS.find((name) => Object.hasOwn(given, name))
  if (field !== undefined) throw apisixProblem(`the property is forbidden:  ${field}`)
}

function parsedId(field: string, given: unknown): ApisixId {
  const parsed = parseConfiguration(z.object({ [field]: apisixId() }), { [field]: given })
  return parsed[field] as ApisixId
}
