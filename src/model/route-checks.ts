import type { EntityCheck } from './entity-checks.ts'
import { atLeastOneOf, isNonEmpty } from './entity-rules.ts'
import { ENTITY, quotedList } from './kong-messages.ts'

/** Protocols that one route may have together. */
const PROTOCOL_GROUPS = {
  http: ['http', 'https'],
  stream: ['tcp', 'tls', 'udp'],
  passthrough: ['tls_passthrough'],
  grpc: ['grpc', 'grpcs'],
} as const

export type ProtocolGroup = keyof typeof PROTOCOL_GROUPS

/** The group of a valid list of protocols, else null. */
export function protocolGroupOf(protocols: unknown): ProtocolGroup | null {
  const groups = groupsOf(protocols)
  return groups.length === 1 ? (groups[0] ?? null) : null
}

/** Says which protocols exclude one another; null when all are of one group. */
export function protocolMixProblem(protocols: readonly string[]): string | null {
  const groups = groupsOf(protocols)
  if (groups.length < 2) return null
  const sets = groups.map((group) => `(${quotedList(PROTOCOL_GROUPS[group])})`)
  return `these sets are mutually exclusive: ${sets.join(', ')}`
}

/**
 * Rules of a route that depend on its protocols.
 * Source: Kong Gateway 3.9, route schema and its sub-schemas for http, stream and grpc.
 */
export const ROUTE_CHECKS: readonly EntityCheck[] = [
  mustSetOneOf(['methods', 'hosts', 'headers', 'paths', 'snis'], { of: 'https' }),
  mustSetOneOf(['methods', 'hosts', 'headers', 'paths'], { of: 'http', butNot: 'https' }),
  mustSetOneOf(['hosts', 'headers', 'paths', 'snis'], { of: 'grpcs' }),
  mustSetOneOf(['hosts', 'headers', 'paths'], { of: 'grpc', butNot: 'grpcs' }),
  atLeastOneOf(['sources', 'destinations', 'snis'], {
    fields: ['protocols'],
    isTrue: (read) => protocolGroupOf(read('protocols')) === 'stream',
    message: (fields) =>
      `must set one of ${quotedList(fields)} when 'protocols' is 'tcp', 'tls' or 'udp'`,
  }),
  atLeastOneOf(['snis'], {
    fields: ['protocols'],
    isTrue: (read) => protocolGroupOf(read('protocols')) === 'passthrough',
    message: () => "must set snis when 'protocols' is 'tls_passthrough'",
  }),
  snisOnlyWithTls(),
  ...['sources', 'destinations'].flatMap((field) => [
    cannotSet(field, 'http', "'http' or 'https'"),
    cannotSet(field, 'grpc', "'grpc' or 'grpcs'"),
  ]),
  ...['methods', 'hosts', 'paths', 'headers'].flatMap((field) => [
    cannotSet(field, 'stream', "'tcp', 'tls', 'tls_passthrough' or 'udp'"),
    cannotSet(field, 'passthrough', "'tcp', 'tls', 'tls_passthrough' or 'udp'"),
  ]),
  cannotSet('methods', 'grpc', "'grpc' or 'grpcs'"),
  cannotSet('strip_path', 'grpc', "'grpc' or 'grpcs'"),
  fewEnoughPairs('hosts', 'paths'),
  fewEnoughPairs('hosts', 'apisix.uris'),
]

/** Most hosts times paths of a route: each host is looked up with each path. */
export const MAX_PAIRS = 10_000

function fewEnoughPairs(first: string, second: string): EntityCheck {
  return {
    fields: [first, second],
    violations: (read) => {
      const pairs = lengthOf(read(first)) * lengthOf(read(second))
      const message = `'${first}' times '${second}' must be at most ${MAX_PAIRS}, these are ${pairs}; divide the route`
      return pairs > MAX_PAIRS ? [{ field: ENTITY, message }] : []
    },
  }
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0
}

function groupsOf(protocols: unknown): ProtocolGroup[] {
  const names = Object.keys(PROTOCOL_GROUPS) as ProtocolGroup[]
  return names.filter((group) => includesOneOf(protocols, PROTOCOL_GROUPS[group]))
}

function includesOneOf(list: unknown, words: readonly string[]): boolean {
  return Array.isArray(list) && words.some((word) => list.includes(word))
}

function mustSetOneOf(
  fields: readonly string[],
  protocol: { readonly of: string; readonly butNot?: string },
): EntityCheck {
  const others = protocol.butNot === undefined ? [] : [protocol.butNot]
  return atLeastOneOf([...fields, 'apisix'], {
    fields: ['protocols'],
    isTrue: (read) =>
      includesOneOf(read('protocols'), [protocol.of]) && !includesOneOf(read('protocols'), others),
    message: () => `must set one of ${quotedList(fields)} when 'protocols' is '${protocol.of}'`,
  })
}

function snisOnlyWithTls(): EntityCheck {
  const message =
    "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'"
  return {
    fields: ['protocols', 'snis'],
    violations: (read) =>
      includesOneOf(read('protocols'), ['grpcs', 'https', 'tls', 'tls_passthrough']) ||
      !isNonEmpty(read('snis'))
        ? []
        : [
            { field: ENTITY, message },
            { field: 'snis', message: 'length must be 0' },
          ],
  }
}

/** A field that has no meaning in a group of protocols: null, and false for a boolean. */
function cannotSet(field: string, group: ProtocolGroup, protocols: string): EntityCheck {
  return {
    fields: ['protocols', field],
    violations: (read) => {
      const value = read(field)
      const isSet = value !== false && isNonEmpty(value)
      return isSet && protocolGroupOf(read('protocols')) === group
        ? [{ field, message: `cannot set '${field}' when 'protocols' is ${protocols}` }]
        : []
    },
  }
}
