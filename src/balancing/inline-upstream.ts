import { balancingFields } from '../model/apisix/chash.ts'
import { healthchecksOf } from '../model/apisix/checks.ts'
import { targetsOfNodes } from '../model/apisix/nodes.ts'
import type { UpstreamExtension } from '../model/apisix/upstream-extension.ts'
import type { PlacedUpstream } from '../model/inline-upstreams.ts'
import type { InlineUpstream } from '../model/plugins/inline-upstream.ts'
import { type CompiledUpstream, compileUpstream, type UpstreamParts } from './compile-upstream.ts'
import type { NameAddresses } from './dns/name-addresses.ts'

/** Compiles an upstream that stands in a plugin to what an upstream with targets is compiled to. */
export function compileInlineUpstream(
  { id, upstream }: PlacedUpstream,
  addresses: NameAddresses,
): CompiledUpstream {
  const certificateId = upstream.tls?.client_cert_id ?? null
  const parts: UpstreamParts = {
    id,
    name: id,
    slots: null,
    ...balancingFields(upstream),
    hash_on_cookie_path: null,
    healthchecks: upstream.checks === null ? null : healthchecksOf(upstream.checks),
    circuit_breaker: null,
    retry_budget: null,
    slow_start: null,
    host_header: upstream.pass_host === 'rewrite' ? upstream.upstream_host : null,
    client_certificate: certificateId === null ? null : { id: certificateId },
    apisix: mannerOf(upstream),
  }
  const targets = targetsOfNodes(upstream).map((target, index) => ({
    ...target,
    id: `${id}/${index}`,
  }))
  return compileUpstream(parts, targets, addresses)
}

/** Whatever the service says of retries: each other node once, unless the upstream says otherwise. */
function mannerOf({ scheme, pass_host, timeout, retries, tls }: InlineUpstream): UpstreamExtension {
  return {
    id: null,
    name: null,
    desc: null,
    labels: null,
    owner: null,
    nodes_as: 'list',
    scheme,
    pass_host,
    timeout,
    retries: retries ?? MOST_RETRIES,
    tls_verify: tls?.verify ?? null,
  }
}

/** There are never more than other nodes. */
const MOST_RETRIES = 32767
