import type { ApisixId } from '../../../model/apisix/apisix-id.ts'
import { isPlainObject } from '../../../model/plain-object.ts'
import { refuseHostileInput } from '../../body/refuse-hostile-input.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import type { ApisixResource, ApisixValue } from '../shared/apisix-resource.ts'
import { applyJsonPatch, isJsonPatch } from './json-patch.ts'
import { mergeValue, setAtPath } from './merge-value.ts'

/** What a PATCH asks for: the body, and the steps of the path behind the id. */
export interface Patch {
  readonly body: unknown
  readonly path: readonly string[]
}

/**
 * The configuration that a PATCH makes of the one that is shown, to be judged as that of a PUT. Fails with
 * invalid_options for a patch that does not apply, and with unparsable_body for a hostile result.
 */
export function patchedValue(
  { idField, word }: Pick<ApisixResource, 'idField' | 'word'>,
  { id, value }: { readonly id: ApisixId; readonly value: ApisixValue },
  patch: Patch,
): ApisixValue {
  const result = resultOf(value, patch)
  if (!isPlainObject(result)) {
    throw apisixProblem('invalid configuration: wrong type: expected object')
  }
  refuseHostileInput(result)
  const { create_time: _created, update_time: _updated, ...next } = result
  if (String(next[idField] ?? id) !== String(id)) throw apisixProblem(`wrong ${word} id`)
  return { ...next, [idField]: id }
}

function resultOf(value: ApisixValue, { body, path }: Patch): unknown {
  if (path.length > 0) return setAtPath(value, path, body)
  if (isJsonPatch(body)) return applyJsonPatch(value, body)
  if (isPlainObject(body)) return mergeValue(value, body)
  throw apisixProblem('invalid request body: expected a JSON object')
}
