import { z } from 'zod'
import { destinationHost } from '../address-fields.ts'
import { parseAuthority } from '../addresses.ts'
import { APISIX_TIMEOUT } from '../apisix/common-fields.ts'
import type { DeepReadonly } from '../deep-readonly.ts'
import { type EntityCheck, withEntityChecks } from '../entity-checks.ts'
import {
  integer,
  listOf,
  oneOf,
  optional,
  required,
  rule,
  text,
  uuid,
  withDefault,
} from '../fields.ts'
import { REQUIRED } from '../kong-messages.ts'
import { isPlainObject } from '../plain-object.ts'
import { inlineChecks } from './inline-checks.ts'

/** Port of a node without one, by scheme. */
export const SCHEME_PORTS = { http: 80, https: 443 } as const

const NODE = z.strictObject({
  host: required(destinationHost(), 'Host name or IP address of the node.'),
  port: optional(
    integer(1, 65535),
    'Port of the node, 1 to 65535; null (80 for http, 443 for https) by default.',
  ),
  weight: required(
    integer(0, 65535),
    'Share of the traffic relative to the other nodes, 0 to 65535. 0 keeps the node without traffic.',
  ),
  priority: withDefault(
    z
      .int()
      .check(
        rule((priority: number) =>
          priority === 0 ? null : 'must be 0: nodes that stand by for others are not served',
        ),
      ),
    0,
    'Always 0, the default: nodes that stand by for others are not served.',
  ),
})

const INSTEAD_OF_PEM =
  'must be null: store it with POST /certificates and give its id as client_cert_id'

const pem = (what: string) =>
  optional(
    z.string().check(rule(() => INSTEAD_OF_PEM)),
    `Always null: ${what} is stored with POST /certificates and named by client_cert_id.`,
  )

const TLS = z.strictObject({
  client_cert_id: optional(
    uuid(),
    'Id of the certificate to show to the nodes; null (that of the service) by default.',
  ),
  client_cert: pem('a certificate'),
  client_key: pem('a key'),
  verify: optional(
    z.boolean(),
    'Whether certificates of nodes are verified; null (tls_verify of the service) by default.',
  ),
})

/** What of a request `hash_on: vars` can hash; arguments are named behind `arg_`. */
const HASHED_VARIABLES: readonly string[] = ['remote_addr', 'uri']
export const ARGUMENT_PREFIX = 'arg_'

/** What both an upstream of its own and one in a plugin consist of. */
export const APISIX_UPSTREAM_FIELDS = {
  name: optional(
    text().max(256),
    'Name of the upstream in the access log and in metrics, where it consists of letters, digits, `.`, `_` and `-`; null (its place) by default.',
  ),
  desc: optional(text().max(256), 'What the upstream is for; null by default. Without effect.'),
  type: withDefault(
    oneOf(['roundrobin', 'chash', 'least_conn', 'ewma']),
    'roundrobin',
    'How a node is chosen: roundrobin, chash (by hash), least_conn or ewma (by latency); default roundrobin.',
  ),
  nodes: required(
    listOf(NODE),
    'Where requests go: a list of host, port and weight, or an object of weights by host:port, which is stored as a list. An empty one answers 503.',
  ),
  hash_on: withDefault(
    oneOf(['vars', 'header', 'cookie', 'consumer']),
    'vars',
    'What of a request chash hashes: vars (by key), header, cookie or consumer; default vars.',
  ),
  key: optional(
    text(),
    'What exactly is hashed: remote_addr, uri or arg_<name> for vars, else the name of the header or cookie; null by default, required for chash unless hash_on is consumer.',
  ),
  scheme: withDefault(
    oneOf(['http', 'https']),
    'http',
    'What nodes speak: http or https; default http.',
  ),
  pass_host: withDefault(
    oneOf(['pass', 'node', 'rewrite']),
    'pass',
    'Host field for the nodes: pass (that of the client), node (their own) or rewrite (upstream_host); default pass.',
  ),
  upstream_host: optional(
    destinationHost(),
    'Host field with pass_host rewrite; null by default, required then.',
  ),
  timeout: optional(APISIX_TIMEOUT, 'Limits of time; null (those of the service) by default.'),
  retries: optional(
    integer(0, 32767),
    'Tries after the first, 0 to 32767 and fewer than there are nodes; null (each other node once) by default.',
  ),
  checks: inlineChecks(),
  tls: optional(
    TLS,
    'How connections over https are made; null (as those of the service) by default.',
  ),
}

export const APISIX_UPSTREAM_CHECKS: readonly EntityCheck[] = [keyOfHash(), hostOfRewrite()]

const UPSTREAM = withEntityChecks(z.strictObject(APISIX_UPSTREAM_FIELDS), APISIX_UPSTREAM_CHECKS)

/** An upstream that is written into a plugin. Source: APISIX 3.18, upstream object (reference apisix.md, a4). */
export const inlineUpstream = () =>
  optional(
    UPSTREAM,
    'Upstream of this item alone; null (none) by default. Without effect beside upstream_id.',
  )

export type InlineUpstream = DeepReadonly<z.infer<typeof UPSTREAM>>

/** `nodes` as the list that is stored; what is no object of weights stays as it is. */
export function nodeList(nodes: unknown): unknown {
  if (!isPlainObject(nodes)) return nodes
  return Object.entries(nodes).map(([address, weight]) => {
    const authority = parseAuthority(address)
    return authority === null || Number.isNaN(authority.port)
      ? { host: address, weight }
      : { host: authority.host, port: authority.port, weight }
  })
}

const TOKEN = /^[\w-]+$/

function keyOfHash(): EntityCheck {
  return {
    fields: ['type', 'hash_on', 'key'],
    violations: (read) => {
      const hashOn = read('hash_on')
      if (read('type') !== 'chash' || hashOn === 'consumer') return []
      const message = problemOfKey(hashOn, read('key'))
      return message === null ? [] : [{ field: 'key', message }]
    },
  }
}

function problemOfKey(hashOn: unknown, key: unknown): string | null {
  if (typeof key !== 'string') return 'missing key'
  if (hashOn !== 'vars') {
    return TOKEN.test(key)
      ? null
      : `bad ${hashOn} name '${key}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`
  }
  const isKnown =
    HASHED_VARIABLES.includes(key) ||
    (key.startsWith(ARGUMENT_PREFIX) && key.length > ARGUMENT_PREFIX.length)
  return isKnown
    ? null
    : `invalid value: ${key} (with hash_on vars: ${HASHED_VARIABLES.join(', ')} or ${ARGUMENT_PREFIX}<name>)`
}

function hostOfRewrite(): EntityCheck {
  return {
    fields: ['pass_host', 'upstream_host'],
    violations: (read) =>
      read('pass_host') === 'rewrite' && read('upstream_host') === null
        ? [{ field: 'upstream_host', message: REQUIRED }]
        : [],
  }
}
