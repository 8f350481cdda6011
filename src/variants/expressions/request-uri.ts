import { queryPartBytes } from '../../model/query-args.ts'
import type { ParsedRequest } from '../../model/request.ts'

type Target = Pick<ParsedRequest, 'path' | 'query'>

/** The normal path with its escapes decoded, as nginx's `$uri`; `%2F` is a slash then. */
export function uriOf({ path }: Target): string {
  if (!path.includes('%')) return path
  // A plus is a space in queries only.
  return queryPartBytes(path.replaceAll('+', '%2B')).toString('utf8')
}

/** What stands behind the question mark, undecoded; undefined without one. */
export function sentQuery({ query }: Target): string | undefined {
  return query === '' ? undefined : query.slice(1)
}

/** `uri` with the query, as APISIX puts them together; a question mark without a query is left out. */
export function requestUri(request: Target): string {
  const uri = uriOf(request)
  return request.query.length > 1 ? uri + request.query : uri
}
