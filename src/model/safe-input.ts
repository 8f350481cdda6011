import type { ErrorDetail } from './errors.ts'
import { MAX_ELEMENTS } from './fields.ts'
import { FORBIDDEN_KEYS } from './forbidden-keys.ts'
import { ENTITY, expectedType, lengthAtMost, UNKNOWN_FIELD } from './kong-messages.ts'
import { MAX_PEM_LENGTH } from './pem.ts'
import { isPlainObject } from './plain-object.ts'
import { schemaViolation } from './schema-violation.ts'

/**
 * Refuses what must not even reach a schema: no record, lists and texts that are too long, keys that pollute
 * prototypes. Throws schema_violation with one detail per problem.
 */
export function refuseUnsafeInput(input: unknown): asserts input is Record<string, unknown> {
  if (!isPlainObject(input)) {
    throw schemaViolation([{ path: [ENTITY], message: expectedType('record') }])
  }
  const overlong = Object.entries(input).flatMap(([field, value]) => overlongParts(value, [field]))
  if (overlong.length > 0) throw schemaViolation(overlong)
  const length = textLength(input, 0)
  if (length > MAX_INPUT_LENGTH) {
    const message = `its texts have ${length} characters together, at most ${MAX_INPUT_LENGTH} are allowed`
    throw schemaViolation([{ path: [ENTITY], message }])
  }
  const forbidden = forbiddenKeys(input, [])
  if (forbidden.length > 0) throw schemaViolation(forbidden)
}

type Path = ErrorDetail['path']

/** No schema is deeper: what lies below is refused as unknown, or as no text, without a look inside. */
const MAX_DEPTH = 16

/** Found before any element is looked at, since that is what takes long. */
function overlongParts(value: unknown, path: Path): ErrorDetail[] {
  if (path.length > MAX_DEPTH || typeof value !== 'object' || value === null) return []
  const isList = Array.isArray(value)
  const keys = Object.keys(value)
  if (keys.length > MAX_ELEMENTS) return [{ path, message: lengthAtMost(MAX_ELEMENTS) }]
  return keys.flatMap((key) =>
    overlongParts((value as Record<string, unknown>)[key], [...path, isList ? Number(key) : key]),
  )
}

/** Room for sixteen of the longest certificates. A change writes, logs and compiles all of it. */
const MAX_INPUT_LENGTH = 1024 * 1024

/** Characters in keys and texts; what is more than any field takes is refused there, and not counted. */
function textLength(value: unknown, depth: number): number {
  if (typeof value === 'string') return Math.min(value.length, MAX_PEM_LENGTH)
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return 0
  return Object.entries(value).reduce((sum, [key, child]) => {
    return sum + key.length + textLength(child, depth + 1)
  }, 0)
}

function forbiddenKeys(value: unknown, path: Path): ErrorDetail[] {
  if (path.length > MAX_DEPTH) return []
  if (Array.isArray(value)) {
    return value.flatMap((element, index) => forbiddenKeys(element, [...path, index]))
  }
  if (!isPlainObject(value)) return []
  return Object.entries(value).flatMap(([key, child]) =>
    FORBIDDEN_KEYS.has(key)
      ? [{ path: [...path, key], message: UNKNOWN_FIELD }]
      : forbiddenKeys(child, [...path, key]),
  )
}
