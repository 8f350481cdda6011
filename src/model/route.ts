import { z } from 'zod'
import { addressOrRange, routeHost, sni } from './address-fields.ts'
import { APISIX_ROUTE_CHECKS } from './apisix/route-checks.ts'
import { ROUTE_EXTENSION } from './apisix/route-extension.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition, Reference } from './entity.ts'
import { withEntityChecks } from './entity-checks.ts'
import {
  absentWhenNull,
  extension,
  foreignKey,
  id,
  listOf,
  name,
  nullableWithDefault,
  oneOf,
  optional,
  port,
  rule,
  setOf,
  tags,
  text,
  timestampSeconds,
  withDefault,
} from './fields.ts'
import { routeHeaders } from './header-fields.ts'
import { atLeastOneNonEmpty, invalidValue } from './kong-messages.ts'
import { routePaths } from './path-fields.ts'
import { isPlainObject } from './plain-object.ts'
import { protocolGroupOf, protocolMixProblem, ROUTE_CHECKS } from './route-checks.ts'
import { PROTOCOLS } from './service.ts'

/** Source addresses and ports of a connection; a stream route matches when one of them does. */
const endpoints = (side: string) =>
  optional(
    setOf(
      z
        .strictObject({
          ip: optional(addressOrRange(), 'IP address or CIDR range; null (any) by default.'),
          port: optional(port(), 'Port, 0 to 65535; null (any) by default.'),
        })
        .check(
          rule(({ ip, port: number }: { ip: string | null; port: number | null }) =>
            ip === null && number === null ? atLeastOneNonEmpty(['ip', 'port']) : null,
          ),
        ),
    ),
    `${side} addresses and ports to match in stream protocols; null (any) by default.`,
  )

const ROUTE_SCHEMA = withEntityChecks(
  z
    .strictObject({
      id: id(),
      created_at: timestampSeconds('created'),
      updated_at: timestampSeconds('last changed'),
      name: optional(name(), 'Unique name to address the route by; null by default.'),
      protocols: withDefault(
        setOf(oneOf(PROTOCOLS)).min(1).check(rule(protocolMixProblem)),
        ['http', 'https'],
        'Protocols to match; default http and https. With https alone, http requests are told to upgrade.',
      ),
      methods: optional(
        setOf(
          text().check(
            rule((method: string) => (/^[A-Z]+$/.test(method) ? null : invalidValue(method))),
          ),
        ),
        'HTTP methods to match, in upper case; null (any) by default.',
      ),
      hosts: optional(
        listOf(routeHost()),
        'Hosts to match, with at most one wildcard as first or last label and an optional port; null (any) by default.',
      ),
      paths: optional(
        routePaths(),
        'Path prefixes to match, or `~` and a regular expression in RE2 syntax, matched from the start; null (any) by default.',
      ),
      headers: optional(
        routeHeaders(),
        'Header fields to match: every name, one of its values; a single value `~*…` is a regular expression. Null (any) by default.',
      ),
      https_redirect_status_code: withDefault(
        z.literal([426, 301, 302, 307, 308]),
        426,
        'Status for an http request to a route for https only: 426, 301, 302, 307 or 308; default 426.',
      ),
      regex_priority: nullableWithDefault(
        z.int(),
        0,
        'Which of several regular expressions that match wins: the highest; default 0.',
      ),
      strip_path: withDefault(
        z.boolean(),
        true,
        'Whether the matched part of the path is removed before forwarding; default true, false for grpc and grpcs.',
      ),
      path_handling: nullableWithDefault(
        oneOf(['v0', 'v1']),
        'v0',
        'How service path and request path are joined: v0 with exactly one slash, v1 (deprecated) as they are; default v0.',
      ),
      preserve_host: withDefault(
        z.boolean(),
        false,
        "Whether the client's Host is sent to the upstream; default false, which sends the target's.",
      ),
      request_buffering: withDefault(
        z.boolean(),
        true,
        'Whether request bodies may be buffered; default true.',
      ),
      response_buffering: withDefault(
        z.boolean(),
        true,
        'Whether answer bodies may be buffered; default true.',
      ),
      snis: optional(
        setOf(sni()),
        'Host names of the TLS handshake to match; null (any) by default. For https, grpcs, tls and tls_passthrough.',
      ),
      sources: endpoints('Source'),
      destinations: endpoints('Destination'),
      tags: tags(),
      service: optional(
        foreignKey('services'),
        'Service to forward to; null by default, and requests then get 503.',
      ),
      apisix: extension(
        ROUTE_EXTENSION,
        "Matches the route by APISIX's rules, with what Kong has no field for; absent (Kong's rules) by default.",
      ),
    })
    .overwrite(absentWhenNull('apisix')),
  [...ROUTE_CHECKS, ...APISIX_ROUTE_CHECKS],
)

/**
 * Which requests go to which service. Source: Kong Gateway 3.9, Route object; `apisix` is beyond it.
 */
export type Route = DeepReadonly<z.infer<typeof ROUTE_SCHEMA>>

export const ROUTE_DEFINITION: EntityDefinition<'routes'> = {
  kind: 'routes',
  schema: ROUTE_SCHEMA,
  endpointKey: 'name',
  unique: [['name']],
  foreignKeys: { service: { kind: 'services', isRequired: false, onParentDelete: 'refuse' } },
  references: referencesOfRoute,
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
  expandShorthands: keepWholePath,
}

/** The default of `strip_path` is false for gRPC, whose paths name methods, and for APISIX, which strips none. */
function keepWholePath(input: Record<string, unknown>): Record<string, unknown> {
  if (Object.hasOwn(input, 'strip_path')) return input
  const isWhole = isPlainObject(input.apisix) || protocolGroupOf(input.protocols) === 'grpc'
  return isWhole ? { ...input, strip_path: false } : input
}

/** An upstream of its own is deleted with the route, and does not keep it. */
function referencesOfRoute({ id, apisix }: Route): readonly Reference[] {
  const upstreamId = apisix?.upstream_id ?? null
  const configId = apisix?.plugin_config_id ?? null
  return [
    ...(upstreamId === null || upstreamId === id
      ? []
      : [{ field: 'apisix.upstream_id', kind: 'upstreams', id: upstreamId } as const]),
    ...(configId === null
      ? []
      : [{ field: 'apisix.plugin_config_id', kind: 'plugin_configs', id: configId } as const]),
  ]
}
