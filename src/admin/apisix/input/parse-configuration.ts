import type { z } from 'zod'
import type { ErrorDetail } from '../../../model/errors.ts'
import { schemaViolation } from '../../../model/schema-violation.ts'
import { apisixMessage, MISSING } from './apisix-messages.ts'

/** The configuration that a body holds. Fails with schema_violation, all problems in APISIX's words. */
export function parseConfiguration<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input, { error: apisixMessage })
  if (parsed.success) return parsed.data
  throw schemaViolation(firstPerPlace(parsed.error.issues.map(detailOf)))
}

/** What is missing is a fault of the object around it, in APISIX. */
function detailOf(issue: z.core.$ZodIssue): ErrorDetail {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  const last = path.at(-1)
  if (issue.message === MISSING && last !== undefined) {
    return { path: path.slice(0, -1), message: `property "${last}" is required` }
  }
  return { path, message: issue.message }
}

function firstPerPlace(details: readonly ErrorDetail[]): readonly ErrorDetail[] {
  return [...new Map(details.map((detail) => [JSON.stringify(detail), detail])).values()]
}
