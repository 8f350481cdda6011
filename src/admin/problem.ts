import { ERROR_TABLE } from '../model/errors.ts'
import type { ErrorDialect } from './handle-errors.ts'

/** Errors of the endpoints that no other gateway has: problem details (RFC 9457). */
export const PROBLEM_DIALECT: ErrorDialect = {
  contentType: 'application/problem+json',
  body: (error, requestId) => ({
    type: `urn:canary-gateway:error:${error.code}`,
    title: ERROR_TABLE[error.code].title,
    status: error.status,
    detail: error.message,
    hint: error.hint,
    ...(error.details.length === 0 ? {} : { errors: error.details }),
    request_id: requestId,
  }),
}
