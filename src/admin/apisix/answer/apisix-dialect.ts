import type { GatewayError } from '../../../model/errors.ts'
import type { ErrorDialect } from '../../handle-errors.ts'
import { problemText } from './problem-text.ts'

/** Errors as APISIX writes them (reference apisix.md, c1 and c2). */
export const APISIX_DIALECT: ErrorDialect = {
  contentType: 'application/json; charset=utf-8',
  status: statusOf,
  body: bodyOf,
}

/** APISIX has no 409 and no 413. */
function statusOf({ status }: GatewayError): number {
  return status === 409 || status === 413 ? 400 : status
}

function bodyOf(error: GatewayError): object {
  const { code, message, details } = error
  switch (code) {
    case 'not_found':
      return { message }
    case 'unauthorized':
      return { error_msg: 'failed to check token', description: details[0]?.message ?? message }
    case 'schema_violation':
      return { error_msg: details.map(problemText).join('; ') }
    default:
      return { error_msg: message }
  }
}
