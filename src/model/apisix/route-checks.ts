import type { EntityCheck } from '../entity-checks.ts'
import { isNonEmpty } from '../entity-rules.ts'
import { protocolGroupOf } from '../route-checks.ts'

/** Rules of a route that APISIX's rules match: nothing in it may look as if it had an effect that it has not. */
export const APISIX_ROUTE_CHECKS: readonly EntityCheck[] = [
  refusedWithApisix('paths', (paths) =>
    isNonEmpty(paths) ? "cannot set 'paths' beside 'apisix', whose uris are matched instead" : null,
  ),
  refusedWithApisix('strip_path', (isStripped) =>
    isStripped === true ? "must be false beside 'apisix': the path is forwarded unchanged" : null,
  ),
  refusedWithApisix('protocols', (protocols) =>
    protocolGroupOf(protocols) === 'http' ? null : "must be http or https beside 'apisix'",
  ),
  refusedWithApisix('hosts', hostsProblem),
]

function refusedWithApisix(field: string, problem: (value: unknown) => string | null): EntityCheck {
  return {
    fields: ['apisix', field],
    violations: (read) => {
      const isMatchedByApisix = (read('apisix') ?? null) !== null
      const message = isMatchedByApisix ? problem(read(field)) : null
      return message === null ? [] : [{ field, message }]
    },
  }
}

function hostsProblem(hosts: unknown): string | null {
  const odd = Array.isArray(hosts)
    ? hosts.find((host) => typeof host === 'string' && (host.endsWith('*') || PORT.test(host)))
    : undefined
  return odd === undefined
    ? null
    : `invalid value: ${odd} (beside 'apisix': a name, or '*.' before a name, without a port)`
}

/** Behind a name or a bracket: the last group of a bare IPv6 address is none. */
const PORT = /^(?:[^:]*|.*\]):(?:\d+|\*)$/
