import { type Area, del, get, patch, post, put } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { conflict, ID, violation, wrongField } from './values.ts'

const SERVICE = put(`/services/${ID.a}`, { name: 'shop', host: 'a.test' })
const CONSUMER = put(`/consumers/${ID.a}`, { username: 'bob', custom_id: 'c1' })

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
      then: [{ request: get('/services'), expect: { status: 200, body: { data: [] } } }],
    },
    {
      id: 'unique-name',
      source: SPEC.services,
      title: 'A name that exists is code 5 and 409',
      given: [SERVICE],
      request: post('/services', { name: 'shop', host: 'b.test' }),
      expect: conflict(`UNIQUE violation detected on '{name="shop"}'`, { name: 'shop' }),
    },
    {
      id: 'unique-route',
      source: SPEC.routes,
      title: 'A route name that exists is refused',
      given: [post('/routes', { name: 'all', paths: ['/'] })],
      request: post('/routes', { name: 'all', paths: ['/b'] }),
      expect: conflict(`UNIQUE violation detected on '{name="all"}'`, { name: 'all' }),
    },
    {
      id: 'unique-upstream',
      source: SPEC.upstreams,
      title: 'An upstream name that exists is refused',
      given: [post('/upstreams', { name: 'blue' })],
      request: post('/upstreams', { name: 'blue' }),
      expect: conflict(`UNIQUE violation detected on '{name="blue"}'`, { name: 'blue' }),
    },
    {
      id: 'unique-username',
      source: SPEC.consumers,
      title: 'A username that exists is refused',
      given: [CONSUMER],
      request: post('/consumers', { username: 'bob' }),
      expect: conflict(`UNIQUE violation detected on '{username="bob"}'`, { username: 'bob' }),
    },
    {
      id: 'unique-custom-id',
      source: SPEC.consumers,
      title: 'A custom_id that exists is refused',
      given: [CONSUMER],
      request: post('/consumers', { username: 'eve', custom_id: 'c1' }),
      expect: conflict(`UNIQUE violation detected on '{custom_id="c1"}'`, { custom_id: 'c1' }),
    },
    {
      id: 'unique-username-put',
      source: SPEC.consumers,
      title: 'PUT with a value that another entity has is refused',
      given: [CONSUMER],
      request: put(`/consumers/${ID.b}`, { username: 'bob' }),
      expect: conflict(`UNIQUE violation detected on '{username="bob"}'`, { username: 'bob' }),
    },
    {
      id: 'unique-key',
      source: SPEC.keyAuthApi,
      title: 'A key that exists is refused',
      given: [
        CONSUMER,
        post('/consumers/bob/key-auth', { key: 'k1' }),
        post('/consumers', { username: 'eve' }),
      ],
      request: post('/consumers/eve/key-auth', { key: 'k1' }),
      expect: conflict(`UNIQUE violation detected on '{key="k1"}'`, { key: 'k1' }),
    },
    {
      id: 'unique-acl',
      source: SPEC.aclApi,
      title: 'A consumer is in a group once',
      given: [CONSUMER, post('/consumers/bob/acls', { group: 'admin' })],
      request: post('/consumers/bob/acls', { group: 'admin' }),
      expect: conflict(`UNIQUE violation detected on '{consumer={id="${ID.a}"},group="admin"}'`, {
        consumer: { id: ID.a },
        group: 'admin',
      }),
    },
    {
      id: 'unique-plugin',
      source: SPEC.services,
      title: 'A service has one plugin of a name; the fields show all that must differ',
      given: [SERVICE, post('/services/shop/plugins', { name: 'key-auth' })],
      request: post('/services/shop/plugins', { name: 'key-auth' }),
      expect: {
        status: 409,
        body: {
          code: 5,
          name: 'unique constraint violation',
          message: /^UNIQUE violation detected on '\{.*name="key-auth".*\}'$/,
          fields: { consumer: null, name: 'key-auth', route: null, service: { id: ID.a } },
        },
      },
    },
    {
      id: 'unique-plugin-global',
      source: SPEC.plugins,
      title: 'There is one global plugin of a name',
      given: [post('/plugins', { name: 'key-auth' })],
      request: post('/plugins', { name: 'key-auth' }),
      expect: { status: 409, body: { code: 5, fields: { name: 'key-auth', service: null } } },
    },
    {
      id: 'unique-plugin-scopes',
      source: SPEC.plugins,
      title: 'One plugin may be global, on a service and on a route at once',
      given: [
        SERVICE,
        post('/routes', { name: 'all', paths: ['/'], service: { id: ID.a } }),
        post('/plugins', { name: 'key-auth' }),
        post('/services/shop/plugins', { name: 'key-auth' }),
      ],
      request: post('/routes/all/plugins', { name: 'key-auth' }),
      expect: { status: 201 },
    },
    {
      id: 'unique-instance-name',
      source: SPEC.plugins,
      title: 'An instance_name that exists is refused',
      given: [post('/plugins', { name: 'key-auth', instance_name: 'mine' })],
      request: post('/plugins', {
        name: 'acl',
        instance_name: 'mine',
        config: { allow: ['a'] },
      }),
      expect: conflict(`UNIQUE violation detected on '{instance_name="mine"}'`, {
        instance_name: 'mine',
      }),
    },
    {
      id: 'unique-self',
      source: SPEC.services,
      title: 'An entity may keep its own unique values',
      given: [SERVICE],
      request: put(`/services/${ID.a}`, { name: 'shop', host: 'b.test' }),
      expect: { status: 200, body: { name: 'shop', host: 'b.test' } },
    },
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
            'foreign key unresolved (service.name: the foreign key cannot be resolved with \'{name="shop"}\' for an existing \'services\' entity)',
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
