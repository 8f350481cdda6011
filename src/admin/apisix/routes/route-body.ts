import { z } from 'zod'
import { apisixId } from '../../../model/apisix/apisix-id.ts'
import { APISIX_TIMEOUT } from '../../../model/apisix/common-fields.ts'
import { apisixHosts } from '../../../model/apisix/hosts.ts'
import { APISIX_ROUTE_MATCH } from '../../../model/apisix/route-match.ts'
import { optional, withDefault } from '../../../model/fields.ts'
import { schemaViolation } from '../../../model/schema-violation.ts'
import { varsProblems } from '../../../variants/expression-problems.ts'
import { apisixProblem, invalidConfiguration } from '../answer/apisix-problem.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import { COMMON_FIELDS, refuseTwoUpstreams } from '../services/service-body.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'

export const METHODS = z
  .array(
    z.enum([
      'GET',
      'POST',
      'PUT',
      'DELETE',
      'PATCH',
      'HEAD',
      'OPTIONS',
      'CONNECT',
      'TRACE',
      'PURGE',
    ]),
  )
  .min(1)

export const ROUTE_BODY = z.strictObject({
  ...COMMON_FIELDS,
  ...APISIX_ROUTE_MATCH.shape,
  hosts: optional(apisixHosts(), 'Hosts to match; null (those of the service) by default.'),
  methods: optional(METHODS, 'Methods to match; null (any) by default.'),
  status: withDefault(z.literal([0, 1]), 1, '1, the default: the route is served; 0: it is not.'),
  timeout: optional(APISIX_TIMEOUT, 'Limits of time; null (those of the upstream) by default.'),
  service_id: optional(apisixId(), 'Id of the service; null (none) by default.'),
  plugin_config_id: optional(apisixId(), 'Id of the plugin config; null (none) by default.'),
})

/** Other names of fields, of which the first is one value in place of a list. */
const SPELLINGS = [
  { field: 'uris', name: 'uri', isOne: true },
  { field: 'uris', name: 'paths', isOne: false },
  { field: 'hosts', name: 'host', isOne: true },
  { field: 'remote_addrs', name: 'remote_addr', isOne: true },
] as const

export type Spelling = (typeof SPELLINGS)[number]['name']

export interface RouteBody extends z.infer<typeof ROUTE_BODY> {
  /** Names that were used in place of uris, hosts and remote_addrs. */
  readonly written_as: readonly Spelling[]
}

/** A route. Source: APISIX 3.18 (reference apisix.md, c2). Fails with schema_violation or invalid_options. */
export function parseRoute({ id: _, ...given }: ApisixValue): RouteBody {
  const { fields, spellings } = withFullNames(given)
  if ((fields.uris ?? null) === null) {
    throw invalidConfiguration(
      [],
      'value should match only one schema, but matches none: give uri, uris or paths',
    )
  }
  const body = parseConfiguration(ROUTE_BODY, fields)
  const problems = varsProblems(body.vars, ['vars'])
  if (problems.length > 0) throw schemaViolation(problems)
  refuseTwoUpstreams(body)
  if (!leadsSomewhere(body)) {
    throw invalidConfiguration(
      [],
      'object matches none of the required: give upstream, upstream_id, service_id or plugins',
    )
  }
  return { ...body, written_as: spellings }
}

/** The fields as they were spelled. */
export function withSpellings(fields: ApisixValue, spellings: readonly Spelling[]): ApisixValue {
  const spelled = new Map(Object.entries(fields))
  for (const { field, name, isOne } of SPELLINGS) {
    const value = fields[field]
    if (!spellings.includes(name) || !Array.isArray(value)) continue
    if (isOne && value.length !== 1) continue
    spelled.delete(field)
    spelled.set(name, isOne ? value[0] : value)
  }
  return Object.fromEntries(spelled)
}

function withFullNames(given: ApisixValue): {
  readonly fields: ApisixValue
  readonly spellings: readonly Spelling[]
} {
  const fields = new Map(Object.entries(given))
  const spellings: Spelling[] = []
  for (const { field, name, isOne } of SPELLINGS) {
    const value = fields.get(name) ?? null
    fields.delete(name)
    if (value === null) continue
    if ((fields.get(field) ?? null) !== null) {
      throw apisixProblem(`only one of ${name} or ${field} is allowed`)
    }
    fields.set(field, isOne ? [value] : value)
    spellings.push(name)
  }
  return { fields: Object.fromEntries(fields), spellings }
}

function leadsSomewhere({
  upstream,
  upstream_id,
  service_id,
  plugins,
  plugin_config_id,
}: z.infer<typeof ROUTE_BODY>): boolean {
  return [upstream, upstream_id, service_id, plugins, plugin_config_id].some((way) => way !== null)
}
