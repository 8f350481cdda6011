import { normalizePath } from '../normalize-path.ts'

/** Longest uri in UTF-16 units (APISIX 3.18, schema of a route). */
export const MAX_URI_LENGTH = 4096

/**
 * The uri of a route in the form in which request paths are matched: plain characters are UTF-8, and escaped where a
 * path may not hold them. `*` stays.
 */
export function normalUri(uri: string): string {
  const normal = normalizePath(pathOf(uri))
  if (normal.kind === 'invalid') return uri
  return uri.startsWith('/') ? normal.path : normal.path.slice(1)
}

/** Why no request could match the uri, or null. */
export function uriProblem(uri: string): string | null {
  if (uri.length > MAX_URI_LENGTH) {
    return `invalid uri: it has ${uri.length} characters, at most ${MAX_URI_LENGTH} are allowed`
  }
  if (uri !== '*' && !uri.startsWith('/'))
    return `invalid uri: '${uri}' (it must begin with /, or be *)`
  const normal = normalizePath(pathOf(uri))
  if (normal.kind === 'invalid') return `invalid uri: '${uri}' (${normal.reason})`
  return hasOddSegment(uri)
    ? `invalid uri: '${uri}' (request paths have no empty, '.' or '..' segments, consider use '${normalUri(uri)}' instead)`
    : null
}

/** One character per byte; `*` alone is any path. */
function pathOf(uri: string): string {
  const bytes = Buffer.from(uri, 'utf8').toString('latin1')
  return uri.startsWith('/') ? bytes : `/${bytes}`
}

/** The empty segment at the end is a trailing slash. */
function hasOddSegment(uri: string): boolean {
  const segments = uri.split('/').slice(1)
  return segments.some(
    (segment, i) =>
      segment === '.' || segment === '..' || (segment === '' && i < segments.length - 1),
  )
}
