/** What a route's path matched at the beginning of a request path; null for a route without paths. */
export type MatchedPath =
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'regex'; readonly length: number }
  | null

export interface UpstreamPathInput {
  /** `path` of the service, or what stands in for it (`upstream_uri` of a canary). */
  readonly servicePath: string | null
  readonly routePath: MatchedPath
  readonly stripPath: boolean
  /** null means v0. */
  readonly pathHandling: 'v0' | 'v1' | null
  /** Normal form of the request path, without query. */
  readonly requestPath: string
}

/**
 * Path sent upstream: service path and request path, the matched part taken out when `stripPath`.
 *
 * v0 (Kong Gateway 3.9, route entity, `path_handling`): one `/` at the joint, a trailing slash of the
 * request stays, and the service's own is dropped when nothing of the request is left.
 * v1: the two are put together without a joint, only a double slash is made one.
 * A leftover `.` or `..` segment is cut: `/route../x` does not climb out of the service path.
 *
 * @returns a path that begins with `/`; the query is the caller's
 */
export function joinUpstreamPath(input: UpstreamPathInput): string {
  const base = input.servicePath ?? '/'
  return input.pathHandling === 'v1' ? joinBluntly(base, input) : joinWithSlash(base, input)
}

/**
 * The part of the request path that stripping takes away, for X-Forwarded-Prefix.
 *
 * @returns null when nothing is stripped, or only the leading `/`
 */
export function strippedPrefix(
  input: Pick<UpstreamPathInput, 'routePath' | 'stripPath' | 'requestPath'>,
): string | null {
  const length = input.stripPath ? matchedLength(input.routePath) : 0
  if (length === 0 || (length === 1 && input.requestPath.startsWith('/'))) return null
  return input.requestPath.slice(0, length)
}

function joinWithSlash(base: string, input: UpstreamPathInput): string {
  const { requestPath } = input
  if (requestPath === '/') return base
  const trimmed = base.endsWith('/') ? base.slice(0, -1) : base
  const rest = restOfRequest(input)
  if (rest.startsWith('/')) return trimmed + rest
  if (rest !== '' || requestPath.endsWith('/')) return `${trimmed}/${rest}`
  return trimmed === '' ? '/' : trimmed
}

function joinBluntly(base: string, input: UpstreamPathInput): string {
  const isStripped = input.stripPath && input.routePath !== null
  const rest = isStripped ? restOfRequest(input) : input.requestPath.slice(1)
  return base.endsWith('/') && rest.startsWith('/') ? base + rest.slice(1) : base + rest
}

function restOfRequest(input: UpstreamPathInput): string {
  if (!input.stripPath) return input.requestPath
  return cutDotSegment(input.requestPath.slice(matchedLength(input.routePath)))
}

/** A normal request path gets a leading dot segment only from a prefix that ends inside a segment. */
function cutDotSegment(rest: string): string {
  if (!rest.startsWith('.')) return rest
  if (rest === '.' || rest === '..') return ''
  if (rest.startsWith('./')) return rest.slice(2)
  if (rest.startsWith('../')) return rest.slice(3)
  return rest
}

function matchedLength(routePath: MatchedPath): number {
  if (routePath === null) return 0
  return routePath.kind === 'prefix' ? routePath.prefix.length : routePath.length
}
