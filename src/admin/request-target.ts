import type { Request } from 'express'

/** Arguments of the query, decoded. */
export function queryOf(request: Request): URLSearchParams {
  const start = request.originalUrl.indexOf('?')
  return new URLSearchParams(start === -1 ? '' : request.originalUrl.slice(start))
}

/** The path as the client wrote it, without query and trailing slash. */
export function pathOf(request: Request): string {
  const [path = '/'] = request.originalUrl.split('?', 1)
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** A parameter of the path, decoded. */
export function pathParameter(request: Request, name: string): string {
  const value = request.params[name]
  return typeof value === 'string' ? value : ''
}
