import { kongMessage } from '../../model/kong-messages.ts'
import { refuseUnsafeInput } from '../../model/safe-input.ts'
import { schemaProblems, shapeBelow } from '../../model/schema-problems.ts'
import { describeSchema } from '../../model/schema-shape.ts'
import { schemaViolation } from '../../model/schema-violation.ts'
import { fieldProblems } from './field-problems.ts'
import { RELEASE_DOCUMENT, type ReleaseDocument } from './release-document.ts'
import { stepProblems } from './step-problems.ts'

const SHAPE = describeSchema(RELEASE_DOCUMENT)

/**
 * Makes a release of what users write, with all defaults filled in. Throws schema_violation with one detail per problem;
 * the rules between fields are looked at once each field is right by itself. `creator` is whose approval does not count
 * with four_eyes; null when nobody creates it now.
 */
export function parseRelease(input: unknown, creator: string | null = null): ReleaseDocument {
  refuseUnsafeInput(input)
  const parsed = RELEASE_DOCUMENT.safeParse(input, { error: kongMessage })
  if (!parsed.success) {
    throw schemaViolation(schemaProblems(parsed.error.issues, (path) => shapeBelow(SHAPE, path)))
  }
  const problems = [...stepProblems(parsed.data, creator), ...fieldProblems(parsed.data)]
  if (problems.length > 0) throw schemaViolation(problems)
  return parsed.data
}
