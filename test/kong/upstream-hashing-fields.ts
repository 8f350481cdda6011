import type { Area } from './conformance.ts'
import { broken, type Input, row } from './field-tables.ts'
import { UPSTREAMS } from './upstream-fields.ts'
import { wrongEntity } from './values.ts'

/** What `hash_on` or `hash_fallback` asks of another field. */
const HASH_CONDITIONS: readonly (readonly [Input, on: string, field: string, message: string])[] = [
  [{ hash_on: 'header' }, 'hash_on', 'hash_on_header', 'required field missing'],
  [{ hash_on: 'cookie' }, 'hash_on', 'hash_on_cookie', 'required field missing'],
  [{ hash_on: 'query_arg' }, 'hash_on', 'hash_on_query_arg', 'required field missing'],
  [{ hash_on: 'uri_capture' }, 'hash_on', 'hash_on_uri_capture', 'required field missing'],
  [
    { hash_on: 'ip', hash_fallback: 'header' },
    'hash_fallback',
    'hash_fallback_header',
    'required field missing',
  ],
  [
    { hash_on: 'ip', hash_fallback: 'cookie' },
    'hash_fallback',
    'hash_on_cookie',
    'required field missing',
  ],
  [
    { hash_on: 'ip', hash_fallback: 'query_arg' },
    'hash_fallback',
    'hash_fallback_query_arg',
    'required field missing',
  ],
  [
    { hash_on: 'ip', hash_fallback: 'uri_capture' },
    'hash_fallback',
    'hash_fallback_uri_capture',
    'required field missing',
  ],
  [{ hash_on: 'none', hash_fallback: 'ip' }, 'hash_on', 'hash_fallback', 'expected one of: none'],
  [
    { hash_on: 'cookie', hash_on_cookie: 'sid', hash_fallback: 'ip' },
    'hash_on',
    'hash_fallback',
    'expected one of: none',
  ],
  [
    { hash_on: 'consumer', hash_fallback: 'consumer' },
    'hash_on',
    'hash_fallback',
    'expected one of: none, ip, header, cookie, path, query_arg, uri_capture',
  ],
  [
    { hash_on: 'ip', hash_fallback: 'ip' },
    'hash_on',
    'hash_fallback',
    'expected one of: none, consumer, header, cookie, path, query_arg, uri_capture',
  ],
  [
    { hash_on: 'path', hash_fallback: 'path' },
    'hash_on',
    'hash_fallback',
    'expected one of: none, consumer, ip, header, cookie, query_arg, uri_capture',
  ],
]

const HASH_PAIRS: readonly (readonly [Input, string, string])[] = [
  [
    {
      hash_on: 'header',
      hash_fallback: 'header',
      hash_on_header: 'x-a',
      hash_fallback_header: 'x-a',
    },
    'hash_on_header',
    'hash_fallback_header',
  ],
  [
    {
      hash_on: 'query_arg',
      hash_fallback: 'query_arg',
      hash_on_query_arg: 'a',
      hash_fallback_query_arg: 'a',
    },
    'hash_on_query_arg',
    'hash_fallback_query_arg',
  ],
  [
    {
      hash_on: 'uri_capture',
      hash_fallback: 'uri_capture',
      hash_on_uri_capture: 'a',
      hash_fallback_uri_capture: 'a',
    },
    'hash_on_uri_capture',
    'hash_fallback_uri_capture',
  ],
]

/** Rules between the fields that say what is hashed. */
export const UPSTREAM_HASHING_FIELDS: Area = {
  name: 'upstream-hashing-fields',
  title: 'Admin API: hashing fields of an upstream',
  rows: [
    ...HASH_CONDITIONS.map(([input, on, field, message]) =>
      row(
        UPSTREAMS,
        `condition-${Object.values(input).join('-')}-${field}`,
        `${JSON.stringify(input)} asks for another ${field}`,
        {
          input,
          expect: broken(
            `failed conditional validation given value of field '${on}'`,
            field,
            message,
          ),
        },
      ),
    ),
    row(UPSTREAMS, 'distinct-case', 'Names of headers that differ in case only are the same', {
      input: {
        hash_on: 'header',
        hash_fallback: 'header',
        hash_on_header: 'X-User',
        hash_fallback_header: 'x-user',
      },
      expect: wrongEntity(
        "values of these fields must be distinct: 'hash_on_header', 'hash_fallback_header'",
      ),
    }),
    ...HASH_PAIRS.map(([input, one, other]) =>
      row(UPSTREAMS, `distinct-${one}`, `${one} and ${other} must differ`, {
        input,
        expect: wrongEntity(`values of these fields must be distinct: '${one}', '${other}'`),
      }),
    ),
  ],
}
