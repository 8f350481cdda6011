import type { GatewayError } from '../model/errors.ts'
import { schemaViolation } from '../model/schema-violation.ts'

/** The error for one wrong field, as the schemas report it. */
export function refuseField(field: string, message: string): GatewayError {
  return schemaViolation([{ path: [field], message }])
}
