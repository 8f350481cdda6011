import type { RequestHandler, Router } from 'express'
import { GatewayError } from '../model/errors.ts'
import { sendNothing } from './reply.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Handlers = Readonly<Partial<Record<Method, RequestHandler>>>

/**
 * Serves one path: the given methods, HEAD wherever GET is, OPTIONS with the list of them (also as CORS wants it, for
 * origins that `cors` has allowed), and 405 with an Allow header for all others (RFC 9110 section 15.5.6).
 */
export function servePath(router: Router, path: string, handlers: Handlers): void {
  const allow = allowedMethods(handlers)
  const route = router.route(path)
  if (handlers.GET) route.get(handlers.GET)
  if (handlers.POST) route.post(handlers.POST)
  if (handlers.PUT) route.put(handlers.PUT)
  if (handlers.PATCH) route.patch(handlers.PATCH)
  if (handlers.DELETE) route.delete(handlers.DELETE)
  route.options((_request, response) => {
    response.setHeader('Allow', allow)
    if (response.hasHeader('Access-Control-Allow-Origin')) {
      response.setHeader('Access-Control-Allow-Methods', allow)
    }
    sendNothing(response)
  })
  route.all((_request, response) => {
    response.setHeader('Allow', allow)
    throw new GatewayError('method_not_allowed', 'Method not allowed')
  })
}

function allowedMethods(handlers: Handlers): string {
  const methods = [...Object.keys(handlers), 'OPTIONS', ...(handlers.GET ? ['HEAD'] : [])]
  return methods.sort().join(', ')
}
