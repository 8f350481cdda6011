import {
  type Authority,
  formatAuthority,
  isAddressOrRange,
  isForbiddenDestination,
  parseAuthority,
} from './addresses.ts'
import { rule, text } from './fields.ts'
import { invalidValue } from './kong-messages.ts'

/** Port of a target that names none. */
export const DEFAULT_TARGET_PORT = 8000

/** A host name or an IP address, without a port. */
export const host = () => text().check(rule(hostProblem))

function hostProblem(value: string): string | null {
  const authority = parseAuthority(value)
  if (authority === null) return invalidValue(value)
  return authority.port === null ? null : 'must not have a port'
}

/** A host that requests are sent to. */
export const destinationHost = () => host().check(rule(destinationProblem))

function destinationProblem(value: string): string | null {
  const authority = parseAuthority(value)
  return authority !== null && isForbiddenDestination(authority) ? FORBIDDEN_DESTINATION : null
}

const FORBIDDEN_DESTINATION =
  'must not be a link-local, multicast, broadcast, unspecified or cloud metadata address'

/** A host name as sent in TLS; no IP address. */
export const sni = () =>
  text().check(
    rule((value: string) =>
      parseAuthority(value)?.type === 'name' || parseAuthority(value) === null
        ? hostProblem(value)
        : 'must not be an IP',
    ),
  )

/** A host of a route: `a.b`, `*.b` or `a.*`, with or without a port. */
export const routeHost = () => text().check(rule(routeHostProblem))

function routeHostProblem(value: string): string | null {
  const stars = value.split('*').length - 1
  if (stars > 1) return 'invalid wildcard: must have at most one wildcard'
  if (stars === 1 && !WILDCARD.test(value)) {
    return 'invalid wildcard: must be placed at leftmost or rightmost label'
  }
  const authority = parseAuthority(value.replace('*', 'a'))
  return authority === null || Number.isNaN(authority.port) ? invalidValue(value) : null
}

const WILDCARD = /^(?:\*\.[^*]+|[^*]+\.\*(?::\d+)?)$/

/** A virtual host name: what services name as their host to be balanced. */
export const upstreamName = () =>
  text().check(
    rule((value: string) => {
      const authority = parseAuthority(value)
      if (authority === null) return `Invalid name ('${value}'); must be a valid hostname`
      if (authority.type !== 'name') return `Invalid name ('${value}'); no ip addresses allowed`
      return authority.port === null ? null : `Invalid name ('${value}'); no port allowed`
    }),
  )

/** `host:port`; what may be left out is filled in. */
export const targetAddress = () =>
  text()
    .check(
      rule((value: string) =>
        isTarget(parseAuthority(value))
          ? null
          : `Invalid target ('${value}'); not a valid hostname or ip address`,
      ),
      rule(destinationProblem),
    )
    .overwrite((value) => {
      const authority = parseAuthority(value)
      if (!isTarget(authority)) return value
      return formatAuthority(authority, authority.port ?? DEFAULT_TARGET_PORT)
    })

function isTarget(authority: Authority | null): authority is Authority {
  return authority !== null && !Number.isNaN(authority.port)
}

/** An IP address or a CIDR range. */
export const addressOrRange = () =>
  text().check(
    rule((value: string) =>
      isAddressOrRange(value) ? null : `invalid ip or cidr range: '${value}'`,
    ),
  )
