import { cookieValue } from '../../model/cookies.ts'
import { headerFromText, textFromHeader } from '../../model/header-text.ts'
import { firstFormValue, firstQueryValue } from '../../model/query-args.ts'
import { allValues } from '../../model/request.ts'
import type { Variable } from './compile-expression.ts'
import type { Value } from './expression.ts'
import { fieldReader } from './field-reader.ts'
import { hasForm, type RequestFacts } from './request-facts.ts'
import { requestUri, sentQuery, uriOf } from './request-uri.ts'

type Read = (facts: RequestFacts) => Value

/** Names that begin so are fields of a form, which is in the body. */
export const FORM_PREFIX = 'post_arg_'

/** Names of those that tell of the consumer group. */
export const GROUP_VARIABLES: ReadonlySet<string> = new Set(['consumer_group', 'consumer_group_id'])

/** Names of those that tell an address. */
export const ADDRESS_VARIABLES: ReadonlySet<string> = new Set(['remote_addr', 'realip_remote_addr'])

/**
 * The variable of a request by its name in APISIX (reference apisix.md, b3), as text: bytes are read as UTF-8. Always
 * nil for a name that nothing is known of. Refused is what would have to be read out of a body that is no form.
 */
export function requestVariable(name: string): Variable<RequestFacts> {
  if (name.startsWith('graphql_')) {
    return refused(
      name,
      'the gateway does not read GraphQL queries; match on uri, a header or an argument',
    )
  }
  if (name.startsWith('post_arg.')) {
    return refused(name, `only forms are read; ${FORM_PREFIX}<name> is a field of a form`)
  }
  const family = FAMILIES.find(({ prefix }) => name.startsWith(prefix))
  if (family === undefined) return variable(SINGLES.get(name) ?? NIL, COSTLY_SINGLES.has(name))
  return variable(family.reader(name.slice(family.prefix.length)), family.isCostly)
}

function variable(read: Read, isCostly: boolean): Variable<RequestFacts> {
  return { kind: 'variable', read, isCostly }
}

function refused(name: string, hint: string): Variable<RequestFacts> {
  return { kind: 'refused', reason: `unsupported variable '${name}'`, hint }
}

const NIL: Read = () => undefined

/** Variables that are named by the request. */
const FAMILIES: readonly {
  readonly prefix: string
  readonly isCostly: boolean
  readonly reader: (name: string) => Read
}[] = [
  {
    prefix: 'http_',
    isCostly: false,
    reader: (name) => {
      const read = fieldReader(name)
      return ({ request }) => read(request.fields)
    },
  },
  {
    prefix: 'arg_',
    isCostly: true,
    reader:
      (name) =>
      ({ request }) =>
        firstQueryValue(request.query, name),
  },
  { prefix: 'cookie_', isCostly: true, reader: cookieReader },
  {
    prefix: FORM_PREFIX,
    isCostly: true,
    reader:
      (name) =>
      ({ request, formBody }) =>
        formBody !== null && hasForm(request) ? firstFormValue(formBody, name) : undefined,
  },
]

function cookieReader(name: string): Read {
  const sentName = headerFromText(name)
  return ({ request }) => {
    const value = cookieValue(allValues(request.fields, 'cookie'), sentName)
    return value === undefined ? undefined : textFromHeader(value)
  }
}

const readMethod: Read = ({ request }) => request.method
const contentLength = fieldReader('content_length')
const contentType = fieldReader('content_type')

const SINGLES: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['uri', ({ request }) => uriOf(request)],
  ['request_uri', ({ request }) => requestUri(request)],
  ['real_request_uri', ({ request }) => request.rawPath + request.query],
  ['args', ({ request }) => sentQuery(request)],
  ['query_string', ({ request }) => sentQuery(request)],
  ['is_args', ({ request }) => (sentQuery(request) ? '?' : '')],
  ['request_method', readMethod],
  ['method', readMethod],
  ['host', ({ request }) => request.host || undefined],
  ['scheme', ({ request }) => request.scheme],
  ['remote_addr', ({ request }) => request.clientAddress || undefined],
  ['realip_remote_addr', ({ request }) => request.peerAddress || undefined],
  ['server_port', ({ request }) => String(request.listenerPort)],
  ['server_protocol', ({ request }) => (request.httpVersion === '1.1' ? 'HTTP/1.1' : 'HTTP/1.0')],
  ['ssl_server_name', ({ request }) => request.sni],
  ['content_length', ({ request }) => contentLength(request.fields)],
  ['content_type', ({ request }) => contentType(request.fields)],
  ['consumer_name', ({ identity }) => identity.consumer?.username ?? undefined],
  ['consumer_group', ({ consumerGroup }) => consumerGroup?.name ?? undefined],
  ['consumer_group_id', ({ consumerGroup }) => consumerGroup?.id],
  ['route_id', ({ route }) => route?.id],
  ['route_name', ({ route }) => route?.name ?? undefined],
  ['service_id', ({ service }) => service?.id],
  ['service_name', ({ service }) => service?.name ?? undefined],
])

/** These may have escapes to decode, or are put together. */
const COSTLY_SINGLES: ReadonlySet<string> = new Set([
  ...['uri', 'request_uri', 'real_request_uri', 'args', 'query_string'],
])
