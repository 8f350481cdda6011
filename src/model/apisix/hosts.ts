import { parseAuthority } from '../addresses.ts'
import { listOf, rule, text } from '../fields.ts'

const ANY_HOST = '*'

/** Hosts of a route in APISIX: a name, `*.` before a name, or `*` for any. Source: APISIX 3.18 (reference apisix.md, d1). */
export const apisixHosts = () => listOf(text().check(rule(hostProblem))).min(1)

function hostProblem(host: string): string | null {
  if (host === ANY_HOST) return null
  const name = host.startsWith('*.') ? host.slice(2) : host
  const authority = name.includes('*') ? null : parseAuthority(name)
  return authority !== null && authority.port === null
    ? null
    : `failed to match pattern "^\\*?[0-9a-zA-Z-._\\[\\]:]+$" with "${host}"`
}

/** The hosts that count; null for any. */
export function countingHosts(hosts: readonly string[] | null): readonly string[] | null {
  return hosts === null || hosts.includes(ANY_HOST) ? null : hosts
}
