import { GatewayError } from '../model/errors.ts'

/**
 * JSON that was validated when it was written. `what` names the row. Throws `database_error` when it is none, which only
 * damage to the database can cause.
 */
export function parseStored<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new GatewayError(
      'database_error',
      `the stored ${what} is damaged: it is no valid JSON; restore a backup`,
      { cause },
    )
  }
}
