import type { ErrorRequestHandler } from 'express'
import { GatewayError } from '../model/errors.ts'
import type { AdminLog } from './dependencies.ts'
import { exchangeOf } from './exchange.ts'
import { sendJson } from './reply.ts'

/** How a dialect of the API writes an error. */
export interface ErrorDialect {
  readonly contentType: string
  /** The status of the error's code unless given. */
  status?(error: GatewayError): number
  body(error: GatewayError, requestId: string): unknown
}

/**
 * Answers whatever a handler threw, in the given dialect. What was not foreseen is logged with the request id and
 * answered 500 without a word about its cause.
 */
export function handleErrors(dialect: ErrorDialect, log: AdminLog): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const { requestId } = exchangeOf(response)
    const expected = expectedError(error)
    if (expected.status >= 500) log.error({ requestId, err: error }, 'admin request failed')
    if (response.headersSent) {
      next(error)
      return
    }
    const status = dialect.status?.(expected) ?? expected.status
    sendJson(response, status, dialect.body(expected, requestId), dialect.contentType)
  }
}

function expectedError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error
  // What Express throws for a path parameter that is not percent-encoded UTF-8.
  if (error instanceof URIError) {
    const message = 'the path is not valid percent-encoded UTF-8'
    return new GatewayError('invalid_path', message, { cause: error })
  }
  return new GatewayError('unexpected', 'An unexpected error occurred', { cause: error })
}
