import { type Area, del, get, patch, post, put, type Row } from './conformance.ts'
import { SPEC } from './sources.ts'
import { conflict, ID, NOT_FOUND, violation, wrongField } from './values.ts'

const CONSUMER = put(`/consumers/${ID.c}`, { username: 'bob' })
const EVE = put(`/consumers/${ID.d}`, { username: 'eve' })
const BASIC = put(`/consumers/bob/basic-auth/${ID.a}`, { username: 'bob', password: 'kong' })

/** basic-auth credentials as entities. */
export const BASIC_AUTH_CREDENTIALS: Area = {
  name: 'basic-auth-credentials',
  title: 'Admin API: basic-auth credentials',
  rows: (
    [
      {
        id: 'post',
        title: 'A credential is created; the password is not shown',
        given: [CONSUMER],
        request: post('/consumers/bob/basic-auth', { username: 'bob', password: 'kong' }),
        expect: {
          status: 201,
          body: { username: 'bob', consumer: { id: ID.c }, password: /^(?!kong$)/, tags: null },
        },
      },
      {
        id: 'post-tags',
        title: 'A credential may have tags',
        given: [CONSUMER],
        request: post('/consumers/bob/basic-auth', {
          username: 'bob',
          password: 'kong',
          tags: ['tag1', 'tag2'],
        }),
        expect: { status: 201, body: { tags: ['tag1', 'tag2'] } },
      },
      {
        id: 'post-missing',
        title: 'A credential needs a username and a password',
        given: [CONSUMER],
        request: post('/consumers/bob/basic-auth'),
        expect: violation(
          '2 schema violations (password: required field missing; username: required field missing)',
          { password: 'required field missing', username: 'required field missing' },
        ),
      },
      {
        id: 'post-no-password',
        title: 'A credential needs a password',
        given: [CONSUMER],
        request: post('/consumers/bob/basic-auth', { username: 'bob' }),
        expect: wrongField('password', 'required field missing'),
      },
      {
        id: 'post-again',
        title: 'A username exists once',
        given: [CONSUMER, EVE, BASIC],
        request: post('/consumers/eve/basic-auth', { username: 'bob', password: 'x' }),
        expect: conflict(`UNIQUE violation detected on '{username="bob"}'`, { username: 'bob' }),
      },
      {
        id: 'put-username',
        title: 'PUT by a new username creates a credential',
        given: [CONSUMER],
        request: put('/consumers/bob/basic-auth/robert', { password: 'kong' }),
        expect: { status: 200, body: { username: 'robert', consumer: { id: ID.c } } },
      },
      {
        id: 'list',
        title: 'The credentials of one consumer are listed',
        given: [CONSUMER, EVE, BASIC],
        request: get('/consumers/eve/basic-auth'),
        expect: { status: 200, body: { data: [], next: null } },
      },
      {
        id: 'get-id',
        title: 'A credential is read by its id',
        given: [CONSUMER, BASIC],
        request: get(`/consumers/bob/basic-auth/${ID.a}`),
        expect: { status: 200, body: { username: 'bob' } },
      },
      {
        id: 'get-username',
        title: 'A credential is read by its username',
        given: [CONSUMER, BASIC],
        request: get('/consumers/bob/basic-auth/bob'),
        expect: { status: 200, body: { id: ID.a } },
      },
      {
        id: 'get-other',
        title: 'A credential of another consumer is absent',
        given: [CONSUMER, EVE, BASIC],
        request: get(`/consumers/eve/basic-auth/${ID.a}`),
        expect: NOT_FOUND,
      },
      {
        id: 'patch',
        title: 'PATCH of the password keeps the username',
        given: [CONSUMER, BASIC],
        request: patch('/consumers/bob/basic-auth/bob', { password: '4321' }),
        expect: { status: 200, body: { id: ID.a, username: 'bob', password: /^(?!4321$)/ } },
      },
      {
        id: 'patch-invalid',
        title: 'PATCH with a username that is no text is refused',
        given: [CONSUMER, BASIC],
        request: patch('/consumers/bob/basic-auth/bob', { username: 123 }),
        expect: wrongField('username', 'expected a string'),
      },
      {
        id: 'delete',
        title: 'A credential is deleted',
        given: [CONSUMER, BASIC],
        request: del('/consumers/bob/basic-auth/bob'),
        expect: { status: 204 },
        afterwards: [{ request: get('/basic-auths/bob'), expect: NOT_FOUND }],
      },
      {
        id: 'delete-absent',
        title: 'Deleting an absent credential answers 404',
        given: [CONSUMER],
        request: del('/consumers/bob/basic-auth/blah'),
        expect: NOT_FOUND,
      },
      {
        id: 'top-list',
        title: '/basic-auths lists the credentials of all consumers',
        given: [CONSUMER, BASIC],
        request: get('/basic-auths'),
        expect: { status: 200, body: { data: [{ id: ID.a }] } },
      },
      {
        id: 'top-post',
        title: 'POST /basic-auths takes the consumer in the body',
        given: [CONSUMER],
        request: post('/basic-auths', { username: 'x', password: 'y', consumer: { id: ID.c } }),
        expect: { status: 201, body: { consumer: { id: ID.c } } },
      },
      {
        id: 'top-post-invalid',
        title: 'POST /basic-auths needs a consumer',
        request: post('/basic-auths', { username: 'x', password: 'y' }),
        expect: wrongField('consumer', 'required field missing'),
      },
      {
        id: 'consumer',
        title: 'GET /basic-auths/{username}/consumer reads the consumer of a credential',
        given: [CONSUMER, BASIC],
        request: get('/basic-auths/bob/consumer'),
        expect: { status: 200, body: { id: ID.c } },
      },
      {
        id: 'cascade',
        title: 'Deleting a consumer deletes its credentials',
        given: [CONSUMER, BASIC],
        request: del('/consumers/bob'),
        expect: { status: 204 },
        afterwards: [{ request: get('/basic-auths/bob'), expect: NOT_FOUND }],
      },
    ] as const
  ).map((row): Row => ({ source: SPEC.basicAuthApi, ...row })),
}
