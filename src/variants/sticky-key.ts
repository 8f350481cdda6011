import { cookieValue } from '../model/cookies.ts'
import type { StickyKeySource } from '../model/decision.ts'
import type { Draws } from '../model/draws.ts'
import type { Identity } from '../model/identity.ts'
import { allValues, firstValue, type ParsedRequest } from '../model/request.ts'
import type { StickyOn } from './compile-canary.ts'

/** The part of a request head that a sticky key can come from. */
export type StickyRequest = Pick<ParsedRequest, 'fields' | 'clientAddress'>

export interface StickyKey {
  readonly source: StickyKeySource
  /** Null when there is nothing to hash: the request takes the next place of a cycle. */
  readonly key: string | null
  /** True for a cookie value that was drawn just now and that the answer must carry. */
  readonly isIssued: boolean
}

/**
 * The sticky key of a request. What is missing or empty is replaced: header by consumer, consumer by
 * client address, client address by none (Kong, canary plugin, `hash`); an absent cookie by a fresh one.
 */
export function stickyKeyOf(
  stickyOn: StickyOn,
  { request, identity }: { readonly request: StickyRequest; readonly identity: Identity },
  draws: Draws,
): StickyKey {
  switch (stickyOn.source) {
    case 'header': {
      const value = firstValue(request.fields, stickyOn.name)
      return value
        ? { source: 'header', key: value, isIssued: false }
        : byConsumer(request, identity)
    }
    case 'cookie': {
      const value = cookieValue(allValues(request.fields, 'cookie'), stickyOn.name)
      return { source: 'cookie', key: value || draws.uuid(), isIssued: !value }
    }
    case 'consumer':
      return byConsumer(request, identity)
    case 'ip':
      return byAddress(request)
    case 'none':
      return NO_KEY
  }
}

/**
 * The anonymous consumer stands for all who sent no credentials: hashing its id would move them in one
 * piece at one share, so they count as what they are, requests without a consumer.
 */
function byConsumer(request: StickyRequest, { consumer, isAnonymous }: Identity): StickyKey {
  if (consumer === null || isAnonymous) return byAddress(request)
  return { source: 'consumer', key: consumer.id, isIssued: false }
}

function byAddress({ clientAddress }: StickyRequest): StickyKey {
  return clientAddress === '' ? NO_KEY : { source: 'ip', key: clientAddress, isIssued: false }
}

const NO_KEY: StickyKey = { source: 'none', key: null, isIssued: false }
