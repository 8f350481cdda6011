import fc from 'fast-check'
import { NOBODY } from '../../../src/model/identity.ts'
import type { RequestFacts } from '../../../src/variants/expressions/request-facts.ts'
import { parsedRequest } from '../../support/parsed-request.ts'

/** Variables that the requests of `anyFacts` may have, and some that they do not. */
export const REQUEST_VARIABLES = [
  ...['http_x_env', 'HTTP_X_ENV', 'http_X-Env', 'http_none', 'arg_v', 'arg_caf\u00e9', 'arg_none'],
  ...['cookie_side', 'cookie_none', 'post_arg_v', 'uri', 'request_uri', 'query_string', 'host'],
  ...['request_method', 'scheme', 'remote_addr', 'server_port', 'consumer_name', 'consumer_group'],
  'no_such_thing',
]

const anyText = fc.constantFrom('green', 'Green', 'blue', '', '10', ' 10 ', '0x10', '10.0.0.7', 'é')
const anyHeaderText = anyText.map((text) => Buffer.from(text, 'utf8').toString('latin1'))

const anyHeader = fc.oneof(
  fc.tuple(fc.constantFrom('X-Env', 'X_Env', 'X-Other'), anyHeaderText),
  fc.tuple(
    fc.constant('Cookie'),
    fc
      .array(
        fc
          .tuple(
            fc.constantFrom('side', 'theme'),
            anyHeaderText.map((text) => text.trim()),
          )
          .map(([name, value]) => `${name}=${value}`),
        { maxLength: 3 },
      )
      .map((pairs) => pairs.join('; ')),
  ),
)

const anyFormType = fc.constantFrom(
  ...['application/x-www-form-urlencoded', 'Application/X-WWW-Form-Urlencoded; charset=utf-8'],
  'application/json',
)

const anyForm = fc
  .array(
    fc.tuple(
      fc.constantFrom('v', '%76', 'w', 'caf%C3%A9', ''),
      fc.option(
        anyText.map((text) => encodeURIComponent(text).replaceAll('%20', '+')),
        {
          nil: undefined,
        },
      ),
    ),
    { maxLength: 4 },
  )
  .map((args) =>
    args.map(([name, value]) => (value === undefined ? name : `${name}=${value}`)).join('&'),
  )

/** Requests whose parts are equal to the literals of `arbitrary-expression.ts` often enough. */
export const anyFacts: fc.Arbitrary<RequestFacts> = fc
  .record({
    headers: fc.array(anyHeader, { maxLength: 4 }),
    query: fc.oneof(
      fc.constant(''),
      anyForm.map((form) => `?${form}`),
    ),
    formType: anyFormType,
    formBody: fc.option(anyForm),
    path: fc.constantFrom('/', '/green', '/a+b', '/caf%C3%A9/x', '/a%2Fb'),
    clientAddress: fc.constantFrom('10.0.0.7', '192.0.2.1', '2001:db8::1'),
    listenerPort: fc.constantFrom(10, 8000),
    username: fc.option(fc.constantFrom('green', 'anna')),
    group: fc.option(fc.constantFrom('blue', 'testers')),
  })
  .map(({ headers, formType, formBody, username, group, ...parts }) => ({
    request: parsedRequest({
      ...parts,
      headers: [...headers, ['Content-Type', formType]],
      body: formBody === null ? { kind: 'none' } : { kind: 'length', bytes: formBody.length },
    }),
    identity: username === null ? NOBODY : { ...NOBODY, consumer: consumerNamed(username) },
    consumerGroup: group === null ? null : { id: 'a-group', name: group },
    route: null,
    service: null,
    formBody,
  }))

function consumerNamed(username: string) {
  return { id: 'a-consumer', username, custom_id: null, tags: null, created_at: 1, updated_at: 1 }
}
