import { type Area, del, get, patch, post, put } from './conformance.ts'
import { SPEC } from './sources.ts'
import { ID, NOT_FOUND, wrongField } from './values.ts'

const CONSUMER = put(`/consumers/${ID.c}`, { username: 'bob' })
const KEY = put(`/consumers/bob/key-auth/${ID.a}`, { key: 'k1' })

/** Keys of consumers. */
export const KEY_AUTH_CREDENTIALS: Area = {
  name: 'key-auth-credentials',
  title: 'Admin API: key-auth credentials',
  rows: [
    {
      id: 'key-auth-post',
      source: SPEC.keyAuthApi,
      title: 'POST /consumers/{c}/key-auth creates a credential',
      given: [CONSUMER],
      request: post('/consumers/bob/key-auth', { key: '1234' }),
      expect: { status: 201, body: { key: '1234', consumer: { id: ID.c }, ttl: null } },
    },
    {
      id: 'key-auth-post-generated',
      source: SPEC.keyAuthApi,
      title: 'A key that is left out is generated',
      given: [CONSUMER],
      request: post('/consumers/bob/key-auth'),
      expect: { status: 201, body: { key: /^[0-9a-zA-Z]{32}$/ } },
    },
    {
      id: 'key-auth-post-ttl',
      source: SPEC.keyAuthApi,
      title: 'A credential may have a time to live',
      given: [CONSUMER],
      request: post('/consumers/bob/key-auth', { ttl: 10 }),
      expect: { status: 201, body: { ttl: 10 } },
    },
    {
      id: 'key-auth-post-tags',
      source: SPEC.keyAuthApi,
      title: 'A credential may have tags',
      given: [CONSUMER],
      request: post('/consumers/bob/key-auth', { key: '1234', tags: ['tag1', 'tag2'] }),
      expect: { status: 201, body: { tags: ['tag1', 'tag2'] } },
    },
    {
      id: 'key-auth-put-key',
      source: SPEC.keyAuthApi,
      title: 'PUT by a new key creates a credential of that key',
      given: [CONSUMER],
      request: put('/consumers/bob/key-auth/1234'),
      expect: { status: 200, body: { key: '1234', consumer: { id: ID.c } } },
    },
    {
      id: 'key-auth-list',
      source: SPEC.keyAuthApi,
      title: 'GET /consumers/{c}/key-auth lists the credentials of that consumer only',
      given: [
        CONSUMER,
        post('/consumers', { username: 'eve' }),
        KEY,
        post('/consumers/eve/key-auth', { key: 'k2' }),
      ],
      request: get('/consumers/bob/key-auth'),
      expect: { status: 200, body: { data: [{ key: 'k1' }], next: null } },
    },
    {
      id: 'key-auth-get-key',
      source: SPEC.keyAuthApi,
      title: 'A credential is read by its key below its consumer',
      given: [CONSUMER, KEY],
      request: get('/consumers/bob/key-auth/k1'),
      expect: { status: 200, body: { id: ID.a } },
    },
    {
      id: 'key-auth-get-other-consumer',
      source: SPEC.keyAuthApi,
      title: 'A credential of another consumer is absent',
      given: [CONSUMER, post('/consumers', { username: 'eve' }), KEY],
      request: get(`/consumers/eve/key-auth/${ID.a}`),
      expect: NOT_FOUND,
    },
    {
      id: 'key-auth-patch-key',
      source: SPEC.keyAuthApi,
      title: 'PATCH by key changes the key',
      given: [CONSUMER, KEY],
      request: patch('/consumers/bob/key-auth/k1', { key: '4321' }),
      expect: { status: 200, body: { id: ID.a, key: '4321' } },
    },
    {
      id: 'key-auth-delete',
      source: SPEC.keyAuthApi,
      title: 'A credential is deleted by its id',
      given: [CONSUMER, KEY],
      request: del(`/consumers/bob/key-auth/${ID.a}`),
      expect: { status: 204 },
      afterwards: [{ request: get('/key-auths/k1'), expect: NOT_FOUND }],
    },
    {
      id: 'key-auth-delete-absent',
      source: SPEC.keyAuthApi,
      title: 'Deleting an absent credential below a consumer answers 404',
      given: [CONSUMER],
      request: del('/consumers/bob/key-auth/blah'),
      expect: NOT_FOUND,
    },
    {
      id: 'key-auths-consumer',
      source: SPEC.keyAuthApi,
      title: 'GET /key-auths/{key}/consumer reads the consumer of a credential',
      given: [CONSUMER, KEY],
      request: get('/key-auths/k1/consumer'),
      expect: { status: 200, body: { id: ID.c, username: 'bob' } },
    },
    {
      id: 'key-auths-consumer-absent',
      source: SPEC.keyAuthApi,
      title: 'GET /key-auths/{key}/consumer answers 404 for an unknown key',
      request: get('/key-auths/blah/consumer'),
      expect: NOT_FOUND,
    },
    {
      id: 'key-auths-post-invalid',
      source: SPEC.keyAuthApi,
      title: 'POST /key-auths needs a consumer',
      request: post('/key-auths', { key: 'k1' }),
      expect: wrongField('consumer', 'required field missing'),
    },
    {
      id: 'key-auths-put-invalid',
      source: SPEC.keyAuthApi,
      title: 'PUT /key-auths/{id} needs a consumer',
      request: put(`/key-auths/${ID.a}`, { key: 'k1' }),
      expect: wrongField('consumer', 'required field missing'),
    },
  ],
}
