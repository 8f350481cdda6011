import { ENTITY_DEFINITIONS } from './entities.ts'
import type { EntityKind, EntityTypes } from './entity.ts'
import type { ErrorDetail } from './errors.ts'
import { kongMessage } from './kong-messages.ts'
import { isPluginName } from './plugins/registry.ts'
import { refuseUnsafeInput } from './safe-input.ts'
import { schemaProblems, shapeBelow } from './schema-problems.ts'
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
  refuseUnsafeInput(input)
  const { schema, expandShorthands } = ENTITY_DEFINITIONS[kind]
  const expanded = expandShorthands === undefined ? input : expandShorthands(input)
  const parsed = schema.safeParse(expanded, { error: kongMessage })
  if (parsed.success) return parsed.data as EntityTypes[K]
  const details = schemaProblems(parsed.error.issues, (path) => shapeAt(kind, expanded, path))
  throw schemaViolation(details.map((detail) => forUpdate(detail, options)))
}

export interface ParseOptions {
  /** The input is an existing entity with a patch merged in; some messages then say so, as Kong's do. */
  readonly isUpdate?: boolean
}

/** Shape of the record at a path of the input. */
function shapeAt(
  kind: EntityKind,
  input: Record<string, unknown>,
  path: ErrorDetail['path'],
): SchemaShape | null | undefined {
  const [first, ...rest] = path
  const name = input.name
  return kind === 'plugins' && first === 'config' && isPluginName(name)
    ? shapeBelow(pluginConfigShape(name), rest)
    : shapeBelow(entityShape(kind), path)
}

function forUpdate(detail: ErrorDetail, { isUpdate }: ParseOptions): ErrorDetail {
  if (isUpdate !== true || !detail.message?.startsWith('at least one of')) return detail
  return { ...detail, message: `when updating, ${detail.message}` }
}
