import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { kongMessage } from '../../model/kong-messages.ts'
import { schemaProblems, shapeBelow } from '../../model/schema-problems.ts'
import { describeSchema } from '../../model/schema-shape.ts'
import { schemaViolation } from '../../model/schema-violation.ts'
import { parseBody, unsupported } from '../body/parse-body.ts'

/** The fields of a JSON body as the schema has them; no body is an empty one. Fails with schema_violation. */
export async function readFields<T extends z.ZodObject>(
  request: IncomingMessage,
  schema: T,
): Promise<z.infer<T>> {
  const body = await parseBody(request)
  if (body.type !== 'json') throw unsupported('the body is a form', 'application/json')
  const parsed = schema.safeParse(body.fields, { error: kongMessage })
  if (parsed.success) return parsed.data
  const shape = describeSchema(schema)
  throw schemaViolation(schemaProblems(parsed.error.issues, (path) => shapeBelow(shape, path)))
}
