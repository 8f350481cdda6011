import { ARGUMENT_PREFIX, type InlineUpstream } from '../plugins/inline-upstream.ts'
import type { Upstream } from '../upstream.ts'

/** How APISIX says which node a request goes to. */
export type ApisixBalancing = Pick<InlineUpstream, 'type' | 'hash_on' | 'key'>

/** The same in Kong's fields; null for those that have nothing to say. */
export type BalancingFields = Pick<
  Upstream,
  | 'algorithm'
  | 'hash_on'
  | 'hash_on_header'
  | 'hash_on_cookie'
  | 'hash_on_query_arg'
  | 'hash_on_uri_capture'
  | 'hash_fallback'
  | 'hash_fallback_header'
  | 'hash_fallback_query_arg'
  | 'hash_fallback_uri_capture'
>

const ALGORITHMS = {
  roundrobin: 'round-robin',
  chash: 'consistent-hashing',
  least_conn: 'least-connections',
  ewma: 'latency',
} as const satisfies Record<InlineUpstream['type'], Upstream['algorithm']>

const NO_HASHING = {
  hash_on: 'none',
  hash_on_header: null,
  hash_on_cookie: null,
  hash_on_query_arg: null,
  hash_on_uri_capture: null,
  hash_fallback: 'none',
  hash_fallback_header: null,
  hash_fallback_query_arg: null,
  hash_fallback_uri_capture: null,
} as const satisfies Omit<BalancingFields, 'algorithm'>

/** What a request does not have is replaced by its address, as in APISIX; a cookie is issued. */
export function balancingFields({ type, hash_on, key }: ApisixBalancing): BalancingFields {
  const algorithm = ALGORITHMS[type]
  const plain = { ...NO_HASHING, algorithm }
  if (type !== 'chash') return plain
  const byAddress = { ...plain, hash_fallback: 'ip' } as const
  if (hash_on === 'consumer') return { ...byAddress, hash_on: 'consumer' }
  if (hash_on === 'header') return { ...byAddress, hash_on: 'header', hash_on_header: key }
  if (hash_on === 'cookie') return { ...plain, hash_on: 'cookie', hash_on_cookie: key }
  if (key === 'remote_addr') return { ...plain, hash_on: 'ip' }
  if (key === 'uri') return { ...plain, hash_on: 'path' }
  const argument = key?.slice(ARGUMENT_PREFIX.length) ?? null
  return { ...byAddress, hash_on: 'query_arg', hash_on_query_arg: argument }
}

/** The nearest that APISIX can say of Kong's fields; `hash_on` and `key` are there for chash only. */
export function balancingOf(upstream: BalancingFields): Partial<ApisixBalancing> {
  const algorithm = upstream.algorithm ?? 'round-robin'
  const type = TYPES.find((name) => ALGORITHMS[name] === algorithm) ?? 'roundrobin'
  if (type !== 'chash') return { type }
  switch (upstream.hash_on) {
    case 'consumer':
      return { type, hash_on: 'consumer' }
    case 'header':
      return { type, hash_on: 'header', key: upstream.hash_on_header }
    case 'cookie':
      return { type, hash_on: 'cookie', key: upstream.hash_on_cookie }
    case 'path':
      return { type, hash_on: 'vars', key: 'uri' }
    case 'query_arg':
      return { type, hash_on: 'vars', key: `${ARGUMENT_PREFIX}${upstream.hash_on_query_arg}` }
    default:
      return { type, hash_on: 'vars', key: 'remote_addr' }
  }
}

const TYPES = Object.keys(ALGORITHMS) as readonly InlineUpstream['type'][]
