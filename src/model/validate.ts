import type { z } from 'zod'
import { ENTITY_DEFINITIONS } from './entities.ts'
import type { EntityKind, EntityTypes } from './entity.ts'
import type { ErrorDetail } from './errors.ts'
import { MAX_ELEMENTS } from './fields.ts'
import { FORBIDDEN_KEYS } from './forbidden-keys.ts'
import { ENTITY, expectedType, kongMessage, lengthAtMost, UNKNOWN_FIELD } from './kong-messages.ts'
import { editDistance, nearestName } from './nearest-name.ts'
import { MAX_PEM_LENGTH } from './pem.ts'
import { isPlainObject } from './plain-object.ts'
import { isPluginName } from './plugins/registry.ts'
import { entityShape, pluginConfigShape, type SchemaShape } from './schema-shape.ts'
import { schemaViolation } from './schema-violation.ts'

/**
 * Makes an entity of what a client, a file or the database gives: shorthands expanded, defaults filled
 * in, every rule that needs no other entity checked. Id and timestamps must be in the input.
 * Throws schema_violation with one detail per problem; problems of several fields stand under `@entity`.
 */
export function parseEntity<K extends EntityKind>(
  kind: K,
  input: unknown,
  options: ParseOptions = {},
): EntityTypes[K] {
  if (!isPlainObject(input)) {
    throw schemaViolation([{ path: [ENTITY], message: expectedType('record') }])
  }
  const overlong = Object.entries(input).flatMap(([field, value]) => overlongParts(value, [field]))
  if (overlong.length > 0) throw schemaViolation(overlong)
  const length = textLength(input, 0)
  if (length > MAX_ENTITY_LENGTH) {
    const message = `its texts have ${length} characters together, at most ${MAX_ENTITY_LENGTH} are allowed`
    throw schemaViolation([{ path: [ENTITY], message }])
  }
  const forbidden = forbiddenKeys(input, [])
  if (forbidden.length > 0) throw schemaViolation(forbidden)
  const { schema, expandShorthands } = ENTITY_DEFINITIONS[kind]
  const expanded = expandShorthands === undefined ? input : expandShorthands(input)
  const parsed = schema.safeParse(expanded, { error: kongMessage })
  if (parsed.success) return parsed.data as EntityTypes[K]
  const details = parsed.error.issues.flatMap((issue) => detailsOf(issue, kind, expanded))
  throw schemaViolation(firstPerField(details).map((detail) => forUpdate(detail, options)))
}

export interface ParseOptions {
  /** The input is an existing entity with a patch merged in; some messages then say so, as Kong's do. */
  readonly isUpdate?: boolean
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
const MAX_ENTITY_LENGTH = 1024 * 1024

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

function detailsOf(
  issue: z.core.$ZodIssue,
  kind: EntityKind,
  input: Record<string, unknown>,
): ErrorDetail[] {
  const place = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  // A key that is wrong is a fault of the map, not of what stands under the key.
  const path = issue.code === 'invalid_key' ? place.slice(0, -1) : place
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
  const isComparable = issue.keys.length <= MAX_COMPARED_KEYS
  const known = isComparable ? [...(shapeAt(kind, input, path)?.fields.keys() ?? [])] : []
  return issue.keys.map((key) => ({ path: [...path, key], message: unknownField(key, known) }))
}

/** A longer key is no misspelling, and comparing it would take long. */
const MAX_COMPARED_LENGTH = 64
const MAX_COMPARED_KEYS = 20

function unknownField(key: string, known: readonly string[]): string {
  if (key.length > MAX_COMPARED_LENGTH) return UNKNOWN_FIELD
  const nearest = nearestName(key, known)
  const isClose =
    nearest !== undefined && editDistance(key, nearest) <= Math.max(1, Math.floor(key.length / 2))
  return isClose ? `${UNKNOWN_FIELD} (did you mean "${nearest}"?)` : UNKNOWN_FIELD
}

/** Shape of the record at a path of the input. */
function shapeAt(
  kind: EntityKind,
  input: Record<string, unknown>,
  path: Path,
): SchemaShape | null | undefined {
  const [first, ...rest] = path
  const name = input.name
  const isConfig = kind === 'plugins' && first === 'config' && isPluginName(name)
  const root = isConfig ? pluginConfigShape(name) : entityShape(kind)
  return (isConfig ? rest : path).reduce<SchemaShape | null | undefined>(
    (shape, key) =>
      typeof key === 'number' ? shape?.elements : (shape?.fields.get(key) ?? shape?.elements),
    root,
  )
}

/** Kong says one thing per field, the first that is wrong; of the entity it says everything. */
function firstPerField(details: readonly ErrorDetail[]): ErrorDetail[] {
  const seen = new Set<string>()
  return details.filter(({ path, message }) => {
    const field = JSON.stringify(path[0] === ENTITY ? [...path, message] : path)
    if (seen.has(field)) return false
    seen.add(field)
    return true
  })
}

function forUpdate(detail: ErrorDetail, { isUpdate }: ParseOptions): ErrorDetail {
  if (isUpdate !== true || !detail.message?.startsWith('at least one of')) return detail
  return { ...detail, message: `when updating, ${detail.message}` }
}
