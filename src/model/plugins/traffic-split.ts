import { z } from 'zod'
import type { DeepReadonly } from '../deep-readonly.ts'
import { type EntityCheck, withEntityChecks } from '../entity-checks.ts'
import {
  integer,
  listOf,
  MAX_ELEMENTS,
  oneOf,
  optional,
  required,
  rule,
  text,
  withDefault,
} from '../fields.ts'
import { cookieName, headerName } from '../header-fields.ts'
import { REQUIRED } from '../kong-messages.ts'
import { isPlainObject } from '../plain-object.ts'
import { type InlineUpstream, inlineUpstream, nodeList } from './inline-upstream.ts'
import type { PluginDefinition } from './plugin-definition.ts'

/** Sums of twenty are still exact. */
const LARGEST_WEIGHT = 2 ** 31 - 1
const MOST_ITEMS = 20

/** All of them are compiled with every change of the plugin, by the thread that forwards requests. */
const MOST_RULES = 100
const MOST_MATCHES = 100
const MOST_INLINE = 20
const MOST_NODES = 200

const UPSTREAM_ID = /^[\w.-]+$/

const ITEM = z.strictObject({
  upstream_id: optional(
    text().check(
      rule((value: string) =>
        UPSTREAM_ID.test(value)
          ? null
          : `invalid value: ${value} (letters, digits, '-', '_' and '.' are allowed)`,
      ),
    ),
    'Id or name of an upstream, stored as its id; null (the upstream field, else the upstream of the service) by default.',
  ),
  upstream: inlineUpstream(),
  weight: withDefault(
    integer(0, LARGEST_WEIGHT),
    1,
    'Share of the requests relative to the other items, 0 to 2147483647; default 1. 0 beside other weights is none.',
  ),
})

const STICKY = withEntityChecks(
  z.strictObject({
    by: required(
      oneOf(['consumer', 'ip', 'header', 'cookie']),
      'What keeps a client on its item: consumer, ip, header or cookie.',
    ),
    header: optional(headerName(), 'Header field of by header; null by default, required then.'),
    cookie: optional(
      cookieName(),
      'Cookie of by cookie, issued by the gateway when absent; null by default, required then.',
    ),
    salt: optional(
      text(),
      'Text mixed into the hash, so that two splits pick different clients; null (the id of the plugin) by default.',
    ),
  }),
  [namedBy('header'), namedBy('cookie')],
)

const RULE = z.strictObject({
  match: optional(
    listOf(
      z.strictObject({
        vars: required(
          z.array(z.unknown()).max(MAX_ELEMENTS),
          'Expression over the request, such as [["http_x-env", "==", "green"]]; [] always holds.',
        ),
      }),
    ).max(MOST_MATCHES),
    'When the rule applies: one of these holds, at most 100; null (always) by default.',
  ),
  weighted_upstreams: withDefault(
    listOf(ITEM).min(1).max(MOST_ITEMS),
    [{ weight: 1, upstream_id: null, upstream: null }],
    'Where requests go, in turns that follow the weights, 1 to 20 items; default one item that means the upstream of the service.',
  ),
  sticky: optional(
    STICKY,
    'Keeps each client on one item, by a hash, instead of turns; null (turns) by default.',
  ),
})

const CONFIG = z.strictObject({
  rules: optional(
    listOf(RULE).max(MOST_RULES),
    'The first one that applies decides, at most 100; null (none) by default. When none applies the plugin has no effect.',
  ),
})

/**
 * Configuration of the traffic-split plugin. Source: APISIX 3.18, traffic-split (reference apisix.md, a1); `sticky` is
 * our own. Whether expressions are right and ids lead to an upstream is checked when it is written.
 */
export type TrafficSplitConfig = DeepReadonly<z.infer<typeof CONFIG>>
export type SplitRule = NonNullable<TrafficSplitConfig['rules']>[number]
export type SplitItem = SplitRule['weighted_upstreams'][number]

export const TRAFFIC_SPLIT_PLUGIN = {
  priority: 966,
  config: CONFIG,
  scopes: ['consumer', 'consumer_group'],
  checks: [boundedInline()],
  expandConfig: withNodeLists,
} as const satisfies PluginDefinition

/** Over all rules together. */
function boundedInline(): EntityCheck {
  return {
    fields: ['config.rules'],
    violations: (read) => {
      const inline = inlineIn(read('config.rules') as TrafficSplitConfig['rules'])
      const nodes = inline.reduce((sum, upstream) => sum + upstream.nodes.length, 0)
      const problems = [
        tooMany(inline.length, MOST_INLINE, 'inline upstreams'),
        tooMany(nodes, MOST_NODES, 'nodes of inline upstreams'),
      ]
      return problems.flatMap((message) =>
        message === null ? [] : [{ field: 'config.rules', message }],
      )
    },
  }
}

function inlineIn(rules: TrafficSplitConfig['rules']): readonly InlineUpstream[] {
  return (rules ?? []).flatMap(({ weighted_upstreams }) =>
    weighted_upstreams.flatMap(({ upstream }) => upstream ?? []),
  )
}

function tooMany(count: number, limit: number, what: string): string | null {
  return count <= limit
    ? null
    : `there are ${count} ${what} in all rules together, at most ${limit} are allowed; store them with POST /upstreams and give their upstream_id`
}

function namedBy(source: 'header' | 'cookie'): EntityCheck {
  return {
    fields: ['by', source],
    violations: (read) =>
      read('by') === source && read(source) === null ? [{ field: source, message: REQUIRED }] : [],
  }
}

/** Objects of weights by address become lists; whatever has another shape is left for the schema to judge. */
function withNodeLists(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return within(config, 'rules', (splitRule) =>
    within(splitRule, 'weighted_upstreams', (item) =>
      isPlainObject(item.upstream) && Object.hasOwn(item.upstream, 'nodes')
        ? { ...item, upstream: { ...item.upstream, nodes: nodeList(item.upstream.nodes) } }
        : item,
    ),
  )
}

type Fields = Readonly<Record<string, unknown>>

function within(
  fields: Fields,
  list: string,
  change: (element: Fields) => Fields,
): Record<string, unknown> {
  const elements = fields[list]
  if (!Array.isArray(elements)) return { ...fields }
  return {
    ...fields,
    [list]: elements.map((element: unknown) =>
      isPlainObject(element) ? change(element) : element,
    ),
  }
}
