import type { ErrorDialect } from '../handle-errors.ts'
import { PROBLEM_DIALECT } from '../problem.ts'

/** Problem details (RFC 9457); a refused verb also tells the `phase` and what is `allowed` in it. */
export const RELEASE_PROBLEM_DIALECT: ErrorDialect = {
  contentType: PROBLEM_DIALECT.contentType,
  body: (error, requestId) => {
    const body = PROBLEM_DIALECT.body(error, requestId) as object
    if (error.code !== 'verb_refused') return body
    const said = new Map(error.details.map(({ path, message }) => [path[0], message ?? '']))
    const allowed = said.get('allowed') ?? ''
    return {
      ...body,
      phase: said.get('phase') ?? null,
      allowed: allowed === '' ? [] : allowed.split(', '),
    }
  },
}
