import { formatAuthority, parseAuthority } from '../model/addresses.ts'
import type { PlacedUpstream } from '../model/inline-upstreams.ts'
import { fieldOfLine, type InlineChecks } from '../model/plugins/inline-checks.ts'
import {
  ARGUMENT_PREFIX,
  type InlineUpstream,
  SCHEME_PORTS,
} from '../model/plugins/inline-upstream.ts'
import type { Upstream } from '../model/upstream.ts'
import { type CompiledUpstream, compileUpstream, type UpstreamParts } from './compile-upstream.ts'
import type { NameAddresses } from './dns/name-addresses.ts'
import type { TargetParts } from './peer.ts'

/** Compiles an upstream that stands in a plugin to what an upstream with targets is compiled to. */
export function compileInlineUpstream(
  { id, upstream }: PlacedUpstream,
  addresses: NameAddresses,
): CompiledUpstream {
  const parts: UpstreamParts = {
    id,
    name: id,
    algorithm: ALGORITHMS[upstream.type],
    slots: null,
    ...hashingOf(upstream),
    healthchecks: upstream.checks === null ? null : healthchecksOf(upstream.checks),
    circuit_breaker: null,
    retry_budget: null,
    slow_start: null,
    host_header: upstream.pass_host === 'rewrite' ? upstream.upstream_host : null,
    client_certificate: null,
  }
  return compileUpstream(parts, targetsOf(id, upstream), addresses)
}

const ALGORITHMS = {
  roundrobin: 'round-robin',
  chash: 'consistent-hashing',
  least_conn: 'least-connections',
  ewma: 'latency',
} as const satisfies Record<InlineUpstream['type'], Upstream['algorithm']>

/** Of nodes at one address the last one counts, as in APISIX. */
function targetsOf(id: string, { nodes, scheme }: InlineUpstream): readonly TargetParts[] {
  const targets = new Map<string, TargetParts>()
  for (const [index, { host, port, weight }] of nodes.entries()) {
    const authority = parseAuthority(host)
    if (authority === null) throw new Error(`stored node '${host}' is no host`)
    const target = formatAuthority(authority, port ?? SCHEME_PORTS[scheme])
    targets.set(target, { id: `${id}/${index}`, target, weight })
  }
  return [...targets.values()]
}

type HashFields = Pick<
  UpstreamParts,
  | 'hash_on'
  | 'hash_on_header'
  | 'hash_on_cookie'
  | 'hash_on_cookie_path'
  | 'hash_on_query_arg'
  | 'hash_on_uri_capture'
  | 'hash_fallback'
  | 'hash_fallback_header'
  | 'hash_fallback_query_arg'
  | 'hash_fallback_uri_capture'
>

const NO_HASHING: HashFields = {
  hash_on: 'none',
  hash_on_header: null,
  hash_on_cookie: null,
  hash_on_cookie_path: '/',
  hash_on_query_arg: null,
  hash_on_uri_capture: null,
  hash_fallback: 'none',
  hash_fallback_header: null,
  hash_fallback_query_arg: null,
  hash_fallback_uri_capture: null,
}

/** What a request does not have is replaced by its address, as in APISIX; a cookie is issued. */
function hashingOf({ type, hash_on, key }: InlineUpstream): HashFields {
  if (type !== 'chash') return NO_HASHING
  const byAddress = { ...NO_HASHING, hash_fallback: 'ip' as const }
  if (hash_on === 'consumer') return { ...byAddress, hash_on: 'consumer' }
  if (hash_on === 'header') return { ...byAddress, hash_on: 'header', hash_on_header: key }
  if (hash_on === 'cookie') return { ...NO_HASHING, hash_on: 'cookie', hash_on_cookie: key }
  if (key === 'remote_addr') return { ...NO_HASHING, hash_on: 'ip' }
  if (key === 'uri') return { ...NO_HASHING, hash_on: 'path' }
  const argument = key?.slice(ARGUMENT_PREFIX.length) ?? null
  return { ...byAddress, hash_on: 'query_arg', hash_on_query_arg: argument }
}

function healthchecksOf({ active, passive }: InlineChecks): NonNullable<Upstream['healthchecks']> {
  return {
    active: {
      type: active.type,
      timeout: active.timeout,
      concurrency: active.concurrency,
      http_path: active.http_path,
      https_sni: active.host,
      https_verify_certificate: active.https_verify_certificate,
      headers: probeFields(active),
      healthy: active.healthy,
      unhealthy: active.unhealthy,
    },
    passive:
      passive === null
        ? null
        : {
            type: passive.type,
            healthy: passive.healthy,
            unhealthy: passive.unhealthy,
            recovery: null,
            max_ejected_percent: null,
          },
    threshold: null,
  }
}

function probeFields({
  host,
  req_headers: lines,
}: InlineChecks['active']): Readonly<Record<string, readonly string[]>> {
  const fields: Record<string, string[]> = {}
  for (const [name, value] of (lines ?? []).map(fieldOfLine)) {
    fields[name] = [...(fields[name] ?? []), value]
  }
  return host === null ? fields : { ...fields, host: [host] }
}
