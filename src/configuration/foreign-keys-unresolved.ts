import { type ErrorDetail, GatewayError } from '../model/errors.ts'

/** The error for references that lead nowhere, with one detail for each. */
export function foreignKeysUnresolved(details: readonly ErrorDetail[]): GatewayError {
  const parts = details.map(({ path, message }) => `${path.join('.')}: ${message}`)
  const what =
    parts.length === 1 ? 'foreign key unresolved' : `${parts.length} foreign keys unresolved`
  return new GatewayError('foreign_keys_unresolved', `${what} (${parts.join('; ')})`, { details })
}
