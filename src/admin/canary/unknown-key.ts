import { GatewayError } from '../../model/errors.ts'
import type { StickyOn } from '../../variants/compile-canary.ts'
import { refuseArgument } from './decision-query.ts'

/** How the key of a sticky decision came about. */
export interface KeyFound {
  /** The cookie that was drawn for want of one. */
  readonly issueCookie: { readonly name: string } | null
  /** Nothing was there to hash. */
  readonly isMissing: boolean
}

/**
 * What decides must be in the question: a first visit draws its cookie, and every request has an address. `plugin` names
 * the one that hashes. Fails with invalid_options.
 */
export function refuseUnknownKey(
  plugin: 'canary' | 'traffic-split',
  stickyOn: StickyOn,
  { issueCookie, isMissing }: KeyFound,
): void {
  if (issueCookie !== null) {
    const problem = `this ${plugin} hashes the cookie '${issueCookie.name}', and a request without it gets a random one`
    throw new GatewayError('invalid_options', `${problem}; ask with cookie=<its value>`, {
      details: [{ path: ['cookie'], message: problem }],
    })
  }
  const { source } = stickyOn
  if (!isMissing || source === 'none') return
  const ways = source === 'ip' ? 'ip' : `${source} or ip`
  throw refuseArgument('ip', `missing, and the client address decides here; ask with ${ways}`)
}
