import type { z } from 'zod'
import type { ErrorDetail } from './errors.ts'
import { ENTITY, UNKNOWN_FIELD } from './kong-messages.ts'
import { editDistance, nearestName } from './nearest-name.ts'
import type { SchemaShape } from './schema-shape.ts'

type Path = ErrorDetail['path']

/**
 * What zod found, as details of an error: unknown fields each by itself, with the nearest name that `shapeAt` their
 * record knows, and one problem for each other field.
 */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  shapeAt: (path: Path) => SchemaShape | null | undefined,
): ErrorDetail[] {
  return firstPerField(issues.flatMap((issue) => detailsOf(issue, shapeAt)))
}

/** Shape of what stands at a path below a shape. */
export function shapeBelow(root: SchemaShape, path: Path): SchemaShape | null | undefined {
  return path.reduce<SchemaShape | null | undefined>(
    (shape, key) =>
      typeof key === 'number' ? shape?.elements : (shape?.fields.get(key) ?? shape?.elements),
    root,
  )
}

function detailsOf(
  issue: z.core.$ZodIssue,
  shapeAt: (path: Path) => SchemaShape | null | undefined,
): ErrorDetail[] {
  const place = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  // A key that is wrong is a fault of the map, not of what stands under the key.
  const path = issue.code === 'invalid_key' ? place.slice(0, -1) : place
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
  const isComparable = issue.keys.length <= MAX_COMPARED_KEYS
  const known = isComparable ? [...(shapeAt(path)?.fields.keys() ?? [])] : []
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
