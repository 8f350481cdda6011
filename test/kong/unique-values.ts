import { type Area, post, put } from './conformance.ts'
import { SPEC } from './sources.ts'
import { conflict, ID } from './values.ts'

const SERVICE = put(`/services/${ID.a}`, { name: 'shop', host: 'a.test' })
const CONSUMER = put(`/consumers/${ID.a}`, { username: 'bob', custom_id: 'c1' })

/** Values that one entity has and no other may. */
export const UNIQUE_VALUES: Area = {
  name: 'unique-values',
  title: 'Admin API: unique values',
  rows: [
    {
      id: 'name',
      source: SPEC.services,
      title: 'A name that exists is code 5 and 409',
      given: [SERVICE],
      request: post('/services', { name: 'shop', host: 'b.test' }),
      expect: conflict(`UNIQUE violation detected on '{name="shop"}'`, { name: 'shop' }),
    },
    {
      id: 'route',
      source: SPEC.routes,
      title: 'A route name that exists is refused',
      given: [post('/routes', { name: 'all', paths: ['/'] })],
      request: post('/routes', { name: 'all', paths: ['/b'] }),
      expect: conflict(`UNIQUE violation detected on '{name="all"}'`, { name: 'all' }),
    },
    {
      id: 'upstream',
      source: SPEC.upstreams,
      title: 'An upstream name that exists is refused',
      given: [post('/upstreams', { name: 'blue' })],
      request: post('/upstreams', { name: 'blue' }),
      expect: conflict(`UNIQUE violation detected on '{name="blue"}'`, { name: 'blue' }),
    },
    {
      id: 'username',
      source: SPEC.consumers,
      title: 'A username that exists is refused',
      given: [CONSUMER],
      request: post('/consumers', { username: 'bob' }),
      expect: conflict(`UNIQUE violation detected on '{username="bob"}'`, { username: 'bob' }),
    },
    {
      id: 'custom-id',
      source: SPEC.consumers,
      title: 'A custom_id that exists is refused',
      given: [CONSUMER],
      request: post('/consumers', { username: 'eve', custom_id: 'c1' }),
      expect: conflict(`UNIQUE violation detected on '{custom_id="c1"}'`, { custom_id: 'c1' }),
    },
    {
      id: 'username-put',
      source: SPEC.consumers,
      title: 'PUT with a value that another entity has is refused',
      given: [CONSUMER],
      request: put(`/consumers/${ID.b}`, { username: 'bob' }),
      expect: conflict(`UNIQUE violation detected on '{username="bob"}'`, { username: 'bob' }),
    },
    {
      id: 'key',
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
      id: 'acl',
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
      id: 'plugin',
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
      id: 'plugin-global',
      source: SPEC.plugins,
      title: 'There is one global plugin of a name',
      given: [post('/plugins', { name: 'key-auth' })],
      request: post('/plugins', { name: 'key-auth' }),
      expect: { status: 409, body: { code: 5, fields: { name: 'key-auth', service: null } } },
    },
    {
      id: 'plugin-scopes',
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
      id: 'instance-name',
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
      id: 'self',
      source: SPEC.services,
      title: 'An entity may keep its own unique values',
      given: [SERVICE],
      request: put(`/services/${ID.a}`, { name: 'shop', host: 'b.test' }),
      expect: { status: 200, body: { name: 'shop', host: 'b.test' } },
    },
  ],
}
