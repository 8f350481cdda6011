import { apisixProblem } from '../answer/apisix-problem.ts'

/**
 * Refuses `ttl`, with which APISIX deletes the configuration later: it would stay for good here, and nobody would know.
 * Fails with invalid_options. Source of the words for what is no number: reference apisix.md, c2.
 */
export function refuseTtl(query: URLSearchParams): void {
  const ttl = query.get('ttl')
  if (ttl === null) return
  throw apisixProblem(
    Number.isFinite(Number(ttl)) && ttl.trim() !== ''
      ? `invalid argument ttl: configurations do not expire here, leave it out and DELETE after ${ttl} s`
      : 'invalid argument ttl: should be a number',
  )
}

/** Why something cannot be deleted, with what `force=true` makes of that. */
export function withWordOfForce(reason: string, query: URLSearchParams): string {
  return query.get('force') === 'true'
    ? `${reason} (force is not served: references stay whole)`
    : reason
}
