import { GatewayError } from '../../../model/errors.ts'
import { schemaViolation } from '../../../model/schema-violation.ts'

/** A call that APISIX refuses with 400 and this text. */
export function apisixProblem(text: string): GatewayError {
  return new GatewayError('invalid_options', text)
}

/** APISIX's 404 for an id that nothing has. */
export function keyNotFound(): GatewayError {
  return new GatewayError('not_found', 'Key not found')
}

/** A configuration that breaks its schema: where, and what is wrong in APISIX's words. */
export function invalidConfiguration(
  path: readonly (string | number)[],
  message: string,
): GatewayError {
  return schemaViolation([{ path, message }])
}
