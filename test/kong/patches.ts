import { type Area, get, patch, post, put } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID, violation, wrongField } from './values.ts'

const CANARY = put(`/plugins/${ID.a}`, {
  name: 'canary',
  config: { upstream_host: 'b.test', percentage: 10, hash: 'ip', steps: 500 },
})
const UPSTREAM = put(`/upstreams/${ID.a}`, {
  name: 'blue',
  healthchecks: { active: { healthy: { interval: 5, http_statuses: [200, 204] } } },
})

/** What PATCH does to records, lists, maps and nulls. */
export const PATCHES: Area = {
  name: 'patches',
  title: 'Admin API: PATCH merge rules',
  rows: [
    {
      id: 'other-fields',
      source: SPEC.services,
      title: 'Fields that are not given keep their values',
      given: [put(`/services/${ID.a}`, { host: 'a.test', path: '/x', retries: 3 })],
      request: patch(`/services/${ID.a}`, { host: 'b.test' }),
      expect: { status: 200, body: { host: 'b.test', path: '/x', retries: 3 } },
    },
    {
      id: 'empty',
      source: DOC.adminApi,
      title: 'An empty object changes nothing',
      given: [put(`/services/${ID.a}`, { host: 'a.test', path: '/x', retries: 3 })],
      request: patch(`/services/${ID.a}`, {}),
      expect: { status: 200, body: { id: ID.a, host: 'a.test', path: '/x', retries: 3 } },
    },
    {
      id: 'record',
      source: SPEC.plugins,
      title: 'A record is merged: other fields of config keep their values',
      given: [CANARY],
      request: patch(`/plugins/${ID.a}`, { config: { percentage: 20 } }),
      expect: {
        status: 200,
        body: { config: { percentage: 20, upstream_host: 'b.test', hash: 'ip', steps: 500 } },
      },
    },
    {
      id: 'record-deep',
      source: SPEC.upstreams,
      title: 'Records in records are merged too',
      given: [UPSTREAM],
      request: patch(`/upstreams/${ID.a}`, {
        healthchecks: { active: { healthy: { interval: 7 } } },
      }),
      expect: {
        status: 200,
        body: {
          healthchecks: {
            active: { type: 'http', healthy: { interval: 7, http_statuses: [200, 204] } },
          },
        },
      },
    },
    {
      id: 'record-list',
      source: SPEC.upstreams,
      title: 'A list inside a record is replaced',
      given: [UPSTREAM],
      request: patch(`/upstreams/${ID.a}`, {
        healthchecks: { active: { healthy: { http_statuses: [201] } } },
      }),
      expect: {
        status: 200,
        body: {
          healthchecks: { active: { healthy: { interval: 5, http_statuses: [201] } } },
        },
      },
    },
    {
      id: 'list',
      source: SPEC.routes,
      title: 'A list is replaced as a whole',
      given: [put(`/routes/${ID.a}`, { hosts: ['a.test', 'b.test'] })],
      request: patch(`/routes/${ID.a}`, { hosts: ['c.test'] }),
      expect: { status: 200, body: { hosts: ['c.test'] } },
    },
    {
      id: 'set',
      source: SPEC.routes,
      title: 'A set is replaced as a whole',
      given: [put(`/routes/${ID.a}`, { paths: ['/'], methods: ['GET', 'POST'] })],
      request: patch(`/routes/${ID.a}`, { methods: ['PUT'] }),
      expect: { status: 200, body: { methods: ['PUT'] } },
    },
    {
      id: 'set-cleared',
      source: SPEC.routes,
      title: 'A set becomes null when null is given',
      given: [put(`/routes/${ID.a}`, { paths: ['/'], methods: ['GET'] })],
      request: patch(`/routes/${ID.a}`, { methods: null }),
      expect: { status: 200, body: { methods: null, paths: ['/'] } },
    },
    {
      id: 'map',
      source: SPEC.routes,
      title: 'A map is replaced as a whole',
      given: [put(`/routes/${ID.a}`, { headers: { region: ['north'], tier: ['gold'] } })],
      request: patch(`/routes/${ID.a}`, { headers: { region: ['south'] } }),
      expect: { status: 200, body: { headers: { region: ['south'] } } },
      afterwards: [
        {
          request: get(`/routes/${ID.a}`),
          expect: { status: 200, exactly: /"headers":\{"region":\["south"\]\}/ },
        },
      ],
    },
    {
      id: 'tags',
      source: DOC.tags,
      title: 'Tags are replaced as a whole',
      given: [put(`/consumers/${ID.a}`, { username: 'bob', tags: ['a', 'b'] })],
      request: patch(`/consumers/${ID.a}`, { tags: ['c'] }),
      expect: { status: 200, body: { tags: ['c'] } },
    },
    {
      id: 'null',
      source: SPEC.services,
      title: 'Null clears an optional field',
      given: [put(`/services/${ID.a}`, { name: 'shop', host: 'a.test' })],
      request: patch(`/services/${ID.a}`, { name: null }),
      expect: { status: 200, body: { name: null } },
    },
    {
      id: 'null-default',
      source: DOC.adminApi,
      title: 'Null is stored as null: a default is not put back',
      given: [put(`/services/${ID.a}`, { host: 'a.test' })],
      request: patch(`/services/${ID.a}`, { retries: null }),
      expect: { status: 200, body: { retries: null } },
      afterwards: [
        { request: get(`/services/${ID.a}`), expect: { status: 200, body: { retries: null } } },
      ],
    },
    {
      id: 'null-required',
      source: SPEC.services,
      title: 'Null for a required field is refused and changes nothing',
      given: [put(`/services/${ID.a}`, { host: 'a.test' })],
      request: patch(`/services/${ID.a}`, { host: null }),
      expect: wrongField('host', 'required field missing'),
      afterwards: [
        { request: get(`/services/${ID.a}`), expect: { status: 200, body: { host: 'a.test' } } },
      ],
    },
    {
      id: 'null-record-field',
      source: DOC.canary,
      title: 'Null clears a field of a record',
      given: [CANARY],
      request: patch(`/plugins/${ID.a}`, { config: { percentage: null } }),
      expect: { status: 200, body: { config: { percentage: null, upstream_host: 'b.test' } } },
    },
    {
      id: 'foreign',
      source: SPEC.routes,
      title: 'A foreign key is changed',
      given: [
        put(`/services/${ID.a}`, { host: 'a.test' }),
        put(`/services/${ID.b}`, { host: 'b.test' }),
        put(`/routes/${ID.c}`, { paths: ['/'], service: { id: ID.a } }),
      ],
      request: patch(`/routes/${ID.c}`, { service: { id: ID.b } }),
      expect: { status: 200, body: { service: { id: ID.b } } },
    },
    {
      id: 'foreign-null',
      source: SPEC.routes,
      title: 'A foreign key becomes null when null is given',
      given: [
        put(`/services/${ID.a}`, { host: 'a.test' }),
        put(`/routes/${ID.c}`, { paths: ['/'], service: { id: ID.a } }),
      ],
      request: patch(`/routes/${ID.c}`, { service: null }),
      expect: { status: 200, body: { service: null } },
    },
    {
      id: 'id-kept',
      source: SPEC.services,
      title: 'The id may be given as it is',
      given: [put(`/services/${ID.a}`, { host: 'a.test' })],
      request: patch(`/services/${ID.a}`, { id: ID.a, host: 'b.test' }),
      expect: { status: 200, body: { id: ID.a, host: 'b.test' } },
    },
    {
      id: 'created-at',
      source: DOC.adminApi,
      title: 'The time of creation stays',
      given: [put(`/services/${ID.a}`, { host: 'a.test', created_at: 1_600_000_000 })],
      request: patch(`/services/${ID.a}`, { host: 'b.test' }),
      expect: { status: 200, body: { created_at: 1_600_000_000 } },
    },
    {
      id: 'entity-check',
      source: SPEC.consumers,
      title: 'A rule of the whole entity is reported as broken by the update',
      given: [put(`/consumers/${ID.a}`, { username: 'bob' })],
      request: patch(`/consumers/${ID.a}`, { username: null }),
      expect: violation(
        "schema violation (when updating, at least one of these fields must be non-empty: 'custom_id', 'username')",
        {
          '@entity': [
            "when updating, at least one of these fields must be non-empty: 'custom_id', 'username'",
          ],
        },
      ),
    },
    {
      id: 'entity-check-route',
      source: SPEC.routes,
      title: 'A route may not lose its last matching attribute',
      given: [put(`/routes/${ID.a}`, { paths: ['/'], protocols: ['http'] })],
      request: patch(`/routes/${ID.a}`, { paths: null }),
      expect: { status: 400, body: { code: 2, fields: { '@entity': [/must set one of/] } } },
    },
    {
      id: 'unknown-field',
      source: SPEC.services,
      title: 'An unknown field is refused',
      given: [put(`/services/${ID.a}`, { host: 'a.test' })],
      request: patch(`/services/${ID.a}`, { foo: 'bar' }),
      expect: { status: 400, body: { code: 2, message: /foo: unknown field/ } },
    },
    {
      id: 'conflict',
      source: SPEC.consumers,
      title: 'A value that another entity has answers 409',
      given: [
        put(`/consumers/${ID.a}`, { username: 'bob' }),
        post('/consumers', { username: 'eve' }),
      ],
      request: patch(`/consumers/${ID.a}`, { username: 'eve' }),
      expect: { status: 409, body: { code: 5, fields: { username: 'eve' } } },
    },
    {
      id: 'put-resets',
      source: SPEC.services,
      title: 'PUT, unlike PATCH, puts the defaults back',
      given: [put(`/services/${ID.a}`, { host: 'a.test', retries: 3, path: '/x', tags: ['t'] })],
      request: put(`/services/${ID.a}`, { host: 'a.test' }),
      expect: { status: 200, body: { retries: 5, path: null, tags: null } },
    },
    {
      id: 'put-resets-config',
      source: SPEC.plugins,
      title: 'PUT puts the defaults of config back',
      given: [CANARY],
      request: put(`/plugins/${ID.a}`, { name: 'canary', config: { upstream_host: 'b.test' } }),
      expect: {
        status: 200,
        body: { config: { percentage: null, hash: 'consumer', steps: 1000 } },
      },
    },
  ],
}
