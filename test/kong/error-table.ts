import { PEM } from '../support/pem.ts'
import { type Area, del, get, patch, post, put } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID, violation, wrongField } from './values.ts'

const SERVICE = put(`/services/${ID.a}`, { name: 'shop', host: 'a.test' })

/** Codes, names, messages and fields of errors. */
export const ERROR_TABLE: Area = {
  name: 'error-table',
  title: 'Admin API: error codes, names, messages and fields',
  rows: [
    {
      id: 'schema-one',
      source: SPEC.errors,
      title: 'One wrong field is code 2, named in message and fields',
      request: post('/services', { host: 'a.test', port: 70000 }),
      expect: wrongField('port', 'value should be between 0 and 65535'),
    },
    {
      id: 'schema-several',
      source: SPEC.errors,
      title: 'Several wrong fields are counted and sorted',
      request: post('/services', { port: 70000, path: 'x' }),
      expect: violation(
        '3 schema violations (host: required field missing; path: should start with: /; port: value should be between 0 and 65535)',
        {
          host: 'required field missing',
          path: 'should start with: /',
          port: 'value should be between 0 and 65535',
        },
      ),
    },
    {
      id: 'schema-entity',
      source: SPEC.consumers,
      title: 'A rule of the whole entity stands under @entity, as a list',
      request: post('/consumers'),
      expect: violation(
        "schema violation (at least one of these fields must be non-empty: 'custom_id', 'username')",
        {
          '@entity': ["at least one of these fields must be non-empty: 'custom_id', 'username'"],
        },
      ),
    },
    {
      id: 'schema-list',
      source: SPEC.errors,
      title: 'A wrong element of a list is named by its position from 1',
      request: post('/routes', { paths: ['/', '/ok'], methods: ['GET', 'get'] }),
      expect: violation('schema violation (methods.2: invalid value: get)', {
        methods: [null, 'invalid value: get'],
      }),
    },
    {
      id: 'schema-record',
      source: SPEC.errors,
      title: 'A wrong field of a record is nested in the fields and dotted in the message',
      request: post('/upstreams', {
        name: 'blue',
        healthchecks: { active: { healthy: { interval: -1 } } },
      }),
      expect: violation(
        'schema violation (healthchecks.active.healthy.interval: value should be between 0 and 65535)',
        {
          healthchecks: {
            active: { healthy: { interval: 'value should be between 0 and 65535' } },
          },
        },
      ),
    },
    {
      id: 'schema-stores-nothing',
      source: SPEC.services,
      title: 'What is refused stores nothing',
      request: post('/services', { host: 'a.test', port: -1 }),
      expect: wrongField('port', 'value should be between 0 and 65535'),
      afterwards: [{ request: get('/services'), expect: { status: 200, body: { data: [] } } }],
    },
    ...(
      [
        ['ca-certificates', '/ca_certificates', { cert: PEM.rootCa }],
        ['acls', '/acls', { group: 'testers', consumer: { username: 'bob' } }],
      ] as const
    ).map(([id, path, body]) => ({
      id: `invalid-primary-key-${id}`,
      source: SPEC.errors,
      title: `PUT ${path}/{key} with a key that is no id is code 1, and stores nothing`,
      given: [post('/consumers', { username: 'bob' })],
      request: put(`${path}/foo`, body),
      expect: {
        status: 400,
        exactly: {
          message: `invalid primary key: '{id="foo"}'`,
          name: 'invalid primary key',
          code: 1,
          fields: { id: 'foo' },
        },
      },
      afterwards: [{ request: get(path), expect: { status: 200, body: { data: [] } } }],
    })),
    {
      id: 'primary-key',
      source: SPEC.errors,
      title: 'POST with an id that exists is code 3',
      given: [SERVICE],
      request: post('/services', { id: ID.a, host: 'b.test' }),
      expect: {
        status: 400,
        body: { code: 3, name: 'primary key violation', fields: { id: ID.a } },
      },
    },
    {
      id: 'foreign-key',
      source: SPEC.routes,
      title: 'A foreign key that points at nothing is code 4',
      request: post('/routes', { paths: ['/'], service: { id: ID.none } }),
      expect: {
        status: 400,
        exactly: {
          message: `the foreign key '{id="${ID.none}"}' does not reference an existing 'services' entity.`,
          name: 'foreign key violation',
          code: 4,
          fields: { service: { id: ID.none } },
        },
      },
    },
    {
      id: 'foreign-key-referenced',
      source: SPEC.services,
      title: 'Deleting what is referenced is code 4, and names who refers',
      given: [SERVICE, post('/routes', { paths: ['/'], service: { id: ID.a } })],
      request: del('/services/shop'),
      expect: {
        status: 400,
        exactly: {
          message: "an existing 'routes' entity references this 'services' entity",
          name: 'foreign key violation',
          code: 4,
          fields: { '@referenced_by': 'routes' },
        },
      },
    },
    {
      id: 'foreign-key-unresolved',
      source: SPEC.errors,
      title: 'A foreign key by a name that nothing has is code 13',
      request: post('/routes', { paths: ['/'], service: { name: 'shop' } }),
      expect: {
        status: 400,
        body: {
          code: 13,
          name: 'foreign keys unresolved',
          message:
            "foreign key unresolved (service.name: the foreign key cannot be resolved with '{name=\"shop\"}' for an existing 'services' entity)",
        },
      },
    },
    {
      id: 'invalid-offset',
      source: SPEC.errors,
      title: 'An offset that is none of ours is code 7',
      request: get('/services?offset=x'),
      expect: {
        status: 400,
        body: {
          code: 7,
          name: 'invalid offset',
          message: "'x' is not a valid offset: bad base64 encoding",
        },
      },
    },
    {
      id: 'invalid-size',
      source: SPEC.errors,
      title: 'A size that is out of range is code 9',
      request: get('/services?size=0'),
      expect: {
        status: 400,
        body: {
          code: 9,
          name: 'invalid size',
          message: 'size must be an integer between 1 and 1000',
        },
      },
    },
    {
      id: 'invalid-options',
      source: SPEC.errors,
      title: 'A wrong filter is code 11, with options in place of fields',
      request: get('/services?tags='),
      expect: {
        status: 400,
        exactly: {
          message: 'invalid option (tags: cannot be null)',
          name: 'invalid options',
          code: 11,
          options: { tags: 'cannot be null' },
        },
      },
    },
    {
      id: 'no-strategy',
      source: SPEC.adminGeneral,
      title: 'An error does not tell which database is in use',
      request: post('/services'),
      expect: { status: 400, exactly: /^(?!.*strategy)/ },
    },
    {
      id: 'not-found-plain',
      source: SPEC.adminGeneral,
      title: 'A 404 has a message alone',
      request: get('/services/none'),
      expect: { status: 404, exactly: '{"message":"Not found"}' },
    },
    {
      id: 'method-plain',
      source: SPEC.adminGeneral,
      title: 'A 405 has a message alone',
      request: patch('/services'),
      expect: { status: 405, exactly: '{"message":"Method not allowed"}' },
    },
    {
      id: 'json-type',
      source: DOC.adminApi,
      title: 'Errors are JSON',
      request: get('/services/none'),
      expect: { status: 404, headers: { 'content-type': 'application/json; charset=utf-8' } },
    },
  ],
}
