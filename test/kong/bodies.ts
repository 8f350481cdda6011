import { type Area, get, post, raw } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { wrongField } from './values.ts'

const JSON_TYPE = 'application/json'

/** JSON bodies, and what is no body that the Admin API reads. */
export const BODIES: Area = {
  name: 'bodies',
  title: 'Admin API: JSON bodies and content types',
  rows: [
    {
      id: 'json-charset',
      source: DOC.adminApi,
      title: 'A charset beside application/json is accepted',
      request: raw('POST', '/services', {
        text: '{"host":"a.test"}',
        contentType: 'application/json; charset=utf-8',
      }),
      expect: { status: 201, body: { host: 'a.test' } },
    },
    {
      id: 'json-malformed',
      source: SPEC.services,
      title: 'Malformed JSON answers 400',
      request: raw('POST', '/services', { text: '{"hello": "world"', contentType: JSON_TYPE }),
      expect: { status: 400, exactly: { message: 'Cannot parse JSON body' } },
    },
    {
      id: 'json-empty',
      source: SPEC.adminGeneral,
      title: 'An empty body that says it is JSON answers 400',
      request: raw('POST', '/consumers', { text: '', contentType: JSON_TYPE }),
      expect: { status: 400, exactly: { message: 'Cannot parse JSON body' } },
    },
    {
      id: 'unknown-type',
      source: SPEC.consumers,
      title: 'Another content type answers 415',
      request: raw('POST', '/consumers', {
        text: '{"username":"bob"}',
        contentType: 'application/made-up',
      }),
      expect: { status: 415 },
      afterwards: [{ request: get('/consumers'), expect: { status: 200, body: { data: [] } } }],
    },
    {
      id: 'unknown-type-patch',
      source: SPEC.consumers,
      title: 'Another content type answers 415 to PATCH',
      given: [post('/consumers', { username: 'bob' })],
      request: raw('PATCH', '/consumers/bob', { text: 'x', contentType: 'text/xml' }),
      expect: { status: 415 },
    },
    {
      id: 'unknown-type-put',
      source: SPEC.consumers,
      title: 'Another content type answers 415 to PUT',
      request: raw('PUT', '/consumers/bob', { text: 'x', contentType: 'text/xml' }),
      expect: { status: 415 },
    },
    {
      id: 'no-body',
      source: SPEC.consumers,
      title: 'No body and no content type count as an empty object',
      request: raw('POST', '/services'),
      expect: wrongField('host', 'required field missing'),
    },
    {
      id: 'json-number-as-text',
      source: DOC.adminApi,
      title: 'JSON is not coerced: a number in quotes is refused',
      request: post('/services', { host: 'a.test', port: '80' }),
      expect: wrongField('port', 'expected an integer'),
    },
    {
      id: 'json-boolean-as-text',
      source: DOC.adminApi,
      title: 'JSON is not coerced: a boolean in quotes is refused',
      request: post('/services', { host: 'a.test', enabled: 'true' }),
      expect: wrongField('enabled', 'expected a boolean'),
    },
    {
      id: 'json-text-as-list',
      source: DOC.adminApi,
      title: 'JSON is not coerced: a text for a list is refused',
      request: post('/routes', { paths: '/a' }),
      expect: wrongField('paths', 'expected an array'),
    },
    {
      id: 'json-fraction',
      source: SPEC.schema,
      title: 'A fraction is no integer',
      request: post('/services', { host: 'a.test', port: 80.5 }),
      expect: wrongField('port', 'expected an integer'),
    },
  ],
}
