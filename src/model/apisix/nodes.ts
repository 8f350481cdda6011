import { formatAuthority, parseAuthority } from '../addresses.ts'
import { type InlineUpstream, SCHEME_PORTS } from '../plugins/inline-upstream.ts'
import type { Target } from '../target.ts'

/** What of a target nodes are about. */
export type WeightedTarget = Pick<Target, 'target' | 'weight'>

/** Targets at the nodes, in their order. Of nodes at one address the last one counts, as in APISIX. */
export function targetsOfNodes({
  nodes,
  scheme,
}: Pick<InlineUpstream, 'nodes' | 'scheme'>): readonly WeightedTarget[] {
  const targets = new Map<string, WeightedTarget>()
  for (const { host, port, weight } of nodes) {
    const authority = parseAuthority(host)
    if (authority === null) throw new Error(`stored node '${host}' is no host`)
    const target = formatAuthority(authority, port ?? SCHEME_PORTS[scheme])
    targets.set(target, { target, weight })
  }
  return [...targets.values()]
}

/** The nodes at the targets, as a list or as an object of weights. */
export function nodesOfTargets(
  targets: readonly WeightedTarget[],
  form: 'list' | 'object',
): object {
  if (form === 'object') {
    return Object.fromEntries(
      targets.map(({ target, weight }) => {
        const { host, port } = shownAddress(target)
        return [`${host}:${port}`, weight]
      }),
    )
  }
  return targets.map(({ target, weight }) => ({ ...shownAddress(target), weight }))
}

/** Targets have IPv6 addresses in full, people write them short (RFC 5952). */
function shownAddress(target: string): { readonly host: string; readonly port: number | null } {
  const authority = parseAuthority(target)
  if (authority === null) throw new Error(`stored target '${target}' is no host and port`)
  const { type, host, port } = authority
  return { host: type === 'ipv6' ? new URL(`http://[${host}]`).hostname : host, port }
}
