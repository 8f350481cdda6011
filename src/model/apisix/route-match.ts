import { z } from 'zod'
import { addressOrRange } from '../address-fields.ts'
import type { DeepReadonly } from '../deep-readonly.ts'
import { listOf, MAX_ELEMENTS, optional, required, rule, text, withDefault } from '../fields.ts'
import { uriProblem } from './uri.ts'

/** Says which elements of a list are the same; null when all differ. APISIX refuses them as well. */
const distinctProblem = (values: readonly string[]): string | null => {
  const index = values.findIndex((value, i) => values.indexOf(value) !== i)
  const value = values[index]
  return value === undefined
    ? null
    : `expected unique items but items ${values.indexOf(value) + 1} and ${index + 1} are equal`
}

/**
 * What a route asks for that was written in APISIX's dialect, beside Kong's `hosts` and `methods`, which it has too.
 * Source: APISIX 3.18, route object (reference apisix.md, d1). Whether `vars` are right is checked on write.
 */
export const APISIX_ROUTE_MATCH = z.strictObject({
  uris: required(
    listOf(text().check(rule(uriProblem)))
      .min(1)
      .check(rule(distinctProblem)),
    'Paths to match: exact, or with `*` for any text at the end or in place of a whole segment. In place of paths.',
  ),
  priority: withDefault(
    z.int(),
    0,
    'Which of several routes with the same path is asked first: the highest; default 0.',
  ),
  status: withDefault(
    z.literal([0, 1]),
    1,
    'Whether the route is served: 1, the default, or 0 (it matches nothing).',
  ),
  vars: optional(
    z.array(z.unknown()).max(MAX_ELEMENTS),
    'Expression over the request, such as [["http_x-env", "==", "green"]]; null (none) by default.',
  ),
  remote_addrs: optional(
    listOf(addressOrRange()).min(1).check(rule(distinctProblem)),
    'IP addresses and CIDR ranges of clients to match; null (any) by default.',
  ),
})

export type ApisixRouteMatch = DeepReadonly<z.infer<typeof APISIX_ROUTE_MATCH>>
