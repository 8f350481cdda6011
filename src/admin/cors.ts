import type { Request, RequestHandler } from 'express'
import { isAllowedOrigin } from './origins.ts'

/**
 * Lets web pages of allowed origins read the answers, errors among them, and calls without an Origin as Kong does.
 * Which methods a path has is for the path to add. Pages of other origins get no field, so that a browser keeps the
 * answer from them.
 * Source: Kong Gateway 3.9, CORS of the Admin API; Fetch standard, CORS protocol.
 */
export function cors(listed: ReadonlySet<string>): RequestHandler {
  return (request, response, next) => {
    const origin = request.get('origin')
    response.setHeader('Vary', 'Origin')
    if (origin === undefined || isAllowedOrigin(origin, listed)) {
      response.setHeader('Access-Control-Allow-Origin', origin ?? '*')
      response.setHeader('Access-Control-Allow-Credentials', 'true')
      if (request.method === 'OPTIONS') {
        const asked = request.get('access-control-request-headers')
        response.setHeader('Access-Control-Allow-Headers', asked || 'Content-Type')
      }
    }
    next()
  }
}

/**
 * True when a browser asks whether a page of an allowed origin may make a call. It never sends credentials with that
 * question (Fetch standard, CORS-preflight fetch), and the answer names methods only.
 */
export function isAllowedPreflight(request: Request, listed: ReadonlySet<string>): boolean {
  const origin = request.get('origin')
  return (
    request.method === 'OPTIONS' &&
    origin !== undefined &&
    isAllowedOrigin(origin, listed) &&
    request.get('access-control-request-method') !== undefined
  )
}
