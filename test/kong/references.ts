import { type Area, del, get, patch, post, put } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID, NOT_FOUND, wrongField } from './values.ts'

const SERVICE = put(`/services/${ID.a}`, { name: 'shop', host: 'a.test' })
const ROUTE = put(`/routes/${ID.b}`, { name: 'all', paths: ['/'], service: { id: ID.a } })
const CONSUMER = put(`/consumers/${ID.a}`, { username: 'bob' })

/** Foreign keys, what a deletion takes along and what forbids it. */
export const REFERENCES: Area = {
  name: 'references',
  title: 'Admin API: foreign keys, cascades and refusals',
  rows: [
    {
      id: 'by-id',
      source: SPEC.routes,
      title: 'A foreign key is given by id',
      given: [SERVICE],
      request: post('/routes', { paths: ['/'], service: { id: ID.a } }),
      expect: { status: 201, body: { service: { id: ID.a } } },
    },
    {
      id: 'by-name',
      source: DOC.adminApi,
      title: 'A foreign key given by name is stored as id',
      given: [SERVICE],
      request: post('/routes', { paths: ['/'], service: { name: 'shop' } }),
      expect: { status: 201, exactly: new RegExp(`"service":\\{"id":"${ID.a}"\\}`) },
    },
    {
      id: 'by-username',
      source: DOC.adminApi,
      title: 'A consumer is given by username',
      given: [CONSUMER],
      request: post('/acls', { group: 'testers', consumer: { username: 'bob' } }),
      expect: { status: 201, body: { consumer: { id: ID.a } } },
    },
    {
      id: 'null',
      source: SPEC.routes,
      title: 'A foreign key that may be null may be left out',
      request: post('/routes', { paths: ['/'] }),
      expect: { status: 201, body: { service: null } },
    },
    {
      id: 'bad-id',
      source: SPEC.routes,
      title: 'A foreign key whose id is no UUID is refused',
      request: post('/routes', { paths: ['/'], service: { id: 'x' } }),
      expect: wrongField('service.id', 'expected a valid UUID'),
    },
    {
      id: 'patch-absent',
      source: SPEC.routes,
      title: 'PATCH to an absent parent is refused and changes nothing',
      given: [SERVICE, ROUTE],
      request: patch('/routes/all', { service: { id: ID.none } }),
      expect: { status: 400, body: { code: 4, fields: { service: { id: ID.none } } } },
      afterwards: [
        { request: get('/routes/all'), expect: { status: 200, body: { service: { id: ID.a } } } },
      ],
    },
    {
      id: 'plugin-absent-service',
      source: SPEC.plugins,
      title: 'A plugin on an absent service is refused',
      request: post('/plugins', { name: 'key-auth', service: { id: ID.none } }),
      expect: {
        status: 400,
        body: {
          code: 4,
          message: `the foreign key '{id="${ID.none}"}' does not reference an existing 'services' entity.`,
        },
      },
    },
    {
      id: 'plugin-absent-route',
      source: SPEC.plugins,
      title: 'A plugin on an absent route is refused',
      request: post('/plugins', { name: 'key-auth', route: { id: ID.none } }),
      expect: { status: 400, body: { code: 4, fields: { route: { id: ID.none } } } },
    },
    {
      id: 'refuse-routes',
      source: SPEC.services,
      title: 'A service with routes is not deleted',
      given: [SERVICE, ROUTE],
      request: del(`/services/${ID.a}`),
      expect: { status: 400, body: { code: 4, fields: { '@referenced_by': 'routes' } } },
      afterwards: [{ request: get('/services/shop'), expect: { status: 200 } }],
    },
    {
      id: 'delete-after-routes',
      source: SPEC.services,
      title: 'A service is deleted once its routes are gone',
      given: [SERVICE, ROUTE, del('/routes/all')],
      request: del('/services/shop'),
      expect: { status: 204 },
      afterwards: [{ request: get('/services/shop'), expect: NOT_FOUND }],
    },
    {
      id: 'cascade-service-plugins',
      source: SPEC.services,
      title: 'Deleting a service deletes its plugins',
      given: [SERVICE, put(`/services/shop/plugins/${ID.c}`, { name: 'key-auth' })],
      request: del('/services/shop'),
      expect: { status: 204 },
      afterwards: [{ request: get(`/plugins/${ID.c}`), expect: NOT_FOUND }],
    },
    {
      id: 'cascade-route-plugins',
      source: SPEC.routes,
      title: 'Deleting a route deletes its plugins',
      given: [SERVICE, ROUTE, put(`/routes/all/plugins/${ID.c}`, { name: 'key-auth' })],
      request: del('/routes/all'),
      expect: { status: 204 },
      afterwards: [{ request: get(`/plugins/${ID.c}`), expect: NOT_FOUND }],
    },
    {
      id: 'cascade-other-plugins',
      source: SPEC.services,
      title: 'Deleting a service leaves the plugins of others',
      given: [SERVICE, put(`/plugins/${ID.c}`, { name: 'key-auth' })],
      request: del('/services/shop'),
      expect: { status: 204 },
      afterwards: [{ request: get(`/plugins/${ID.c}`), expect: { status: 200 } }],
    },
    {
      id: 'cascade-consumer-keys',
      source: SPEC.keyAuthApi,
      title: 'Deleting a consumer deletes its keys',
      given: [CONSUMER, post('/consumers/bob/key-auth', { key: 'k1' })],
      request: del('/consumers/bob'),
      expect: { status: 204 },
      afterwards: [{ request: get('/key-auths/k1'), expect: NOT_FOUND }],
    },
    {
      id: 'cascade-consumer-acls',
      source: SPEC.aclApi,
      title: 'Deleting a consumer deletes its memberships',
      given: [CONSUMER, put(`/consumers/bob/acls/${ID.b}`, { group: 'testers' })],
      request: del('/consumers/bob'),
      expect: { status: 204 },
      afterwards: [{ request: get(`/acls/${ID.b}`), expect: NOT_FOUND }],
    },
    {
      id: 'cascade-upstream-targets',
      source: SPEC.upstreams,
      title: 'Deleting an upstream deletes its targets',
      given: [
        put(`/upstreams/${ID.a}`, { name: 'blue' }),
        post('/upstreams/blue/targets', { target: '10.0.0.1:80' }),
      ],
      request: del('/upstreams/blue'),
      expect: { status: 204 },
      afterwards: [
        { request: put(`/upstreams/${ID.a}`, { name: 'blue' }), expect: { status: 200 } },
        {
          request: get('/upstreams/blue/targets'),
          expect: { status: 200, body: { data: [] } },
        },
      ],
    },
    {
      id: 'upstream-in-use',
      source: DOC.upstream,
      title: 'An upstream that a service names as its host may be deleted',
      given: [
        post('/upstreams', { name: 'blue' }),
        post('/services', { name: 'shop', host: 'blue' }),
      ],
      request: del('/upstreams/blue'),
      expect: { status: 204 },
      afterwards: [
        { request: get('/upstreams/blue'), expect: NOT_FOUND },
        { request: get('/services/shop'), expect: { status: 200, body: { host: 'blue' } } },
      ],
    },
    {
      id: 'name-reused',
      source: DOC.adminApi,
      title: 'The name of what was deleted is free again',
      given: [SERVICE, del('/services/shop')],
      request: post('/services', { name: 'shop', host: 'b.test' }),
      expect: { status: 201 },
    },
  ],
}
