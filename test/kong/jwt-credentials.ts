import { createPublicKey } from 'node:crypto'
import { PEM } from '../support/pem.ts'
import { type Area, del, get, patch, post, put, type Row } from './conformance.ts'
import { SPEC } from './sources.ts'
import { conflict, ID, NOT_FOUND, violation, wrongField } from './values.ts'

const CONSUMER = put(`/consumers/${ID.c}`, { username: 'bob' })
const EVE = put(`/consumers/${ID.d}`, { username: 'eve' })
const JWT = put(`/consumers/bob/jwt/${ID.a}`, { key: 'bob', secret: 'tooshort' })
const PUBLIC_KEY = createPublicKey(PEM.shop.cert).export({ type: 'spki', format: 'pem' })

/** jwt credentials as entities. */
export const JWT_CREDENTIALS: Area = {
  name: 'jwt-credentials',
  title: 'Admin API: jwt credentials',
  rows: (
    [
      {
        id: 'post',
        title: 'Key and secret that are left out are generated',
        given: [CONSUMER],
        request: post('/consumers/bob/jwt'),
        expect: {
          status: 201,
          body: {
            key: /^[0-9a-zA-Z]{32}$/,
            secret: /^[0-9a-zA-Z]{32}$/,
            algorithm: 'HS256',
            rsa_public_key: null,
            consumer: { id: ID.c },
          },
        },
      },
      {
        id: 'post-given',
        title: 'Key and secret may be given',
        given: [CONSUMER],
        request: post('/consumers/bob/jwt', { key: 'bob', secret: 'tooshort' }),
        expect: { status: 201, body: { key: 'bob', secret: 'tooshort' } },
      },
      {
        id: 'post-again',
        title: 'A key exists once',
        given: [CONSUMER, EVE, JWT],
        request: post('/consumers/eve/jwt', { key: 'bob' }),
        expect: conflict(`UNIQUE violation detected on '{key="bob"}'`, { key: 'bob' }),
      },
      {
        id: 'post-rsa',
        title: 'RS256 takes a public key',
        given: [CONSUMER],
        request: post('/consumers/bob/jwt', { algorithm: 'RS256', rsa_public_key: PUBLIC_KEY }),
        expect: { status: 201, body: { algorithm: 'RS256', rsa_public_key: PUBLIC_KEY } },
      },
      {
        id: 'post-rsa-missing',
        title: 'RS256 needs a public key',
        given: [CONSUMER],
        request: post('/consumers/bob/jwt', { algorithm: 'RS256' }),
        expect: violation(
          "2 schema violations (failed conditional validation given value of field 'algorithm'; rsa_public_key: required field missing)",
          {
            '@entity': ["failed conditional validation given value of field 'algorithm'"],
            rsa_public_key: 'required field missing',
          },
        ),
      },
      {
        id: 'post-rsa-invalid',
        title: 'What is no public key is refused',
        given: [CONSUMER],
        request: post('/consumers/bob/jwt', { algorithm: 'RS256', rsa_public_key: 'test' }),
        expect: { status: 400, body: { fields: { rsa_public_key: /^invalid key/ } } },
      },
      {
        id: 'post-algorithm',
        title: 'An unknown algorithm is refused',
        given: [CONSUMER],
        request: post('/consumers/bob/jwt', { algorithm: 'HS' }),
        expect: {
          status: 400,
          body: { fields: { algorithm: /^expected one of: HS256, HS384, HS512, RS256/ } },
        },
      },
      ...(['HS384', 'HS512'] as const).map((algorithm) => ({
        id: `post-${algorithm}`,
        title: `${algorithm} needs no public key`,
        given: [CONSUMER],
        request: post('/consumers/bob/jwt', { algorithm }),
        expect: { status: 201, body: { algorithm } },
      })),
      {
        id: 'put-key',
        title: 'PUT by a new key creates a credential',
        given: [CONSUMER],
        request: put('/consumers/bob/jwt/robert', { secret: 'x' }),
        expect: { status: 200, body: { key: 'robert', secret: 'x' } },
      },
      {
        id: 'list',
        title: 'The credentials of a consumer are listed',
        given: [CONSUMER, JWT],
        request: get('/consumers/bob/jwt'),
        expect: { status: 200, body: { data: [{ key: 'bob' }], next: null } },
      },
      {
        id: 'get-key',
        title: 'A credential is read by its key',
        given: [CONSUMER, JWT],
        request: get('/consumers/bob/jwt/bob'),
        expect: { status: 200, body: { id: ID.a } },
      },
      {
        id: 'patch',
        title: 'PATCH changes the secret',
        given: [CONSUMER, JWT],
        request: patch(`/consumers/bob/jwt/${ID.a}`, { secret: 'newsecret' }),
        expect: { status: 200, body: { key: 'bob', secret: 'newsecret' } },
      },
      {
        id: 'delete',
        title: 'A credential is deleted',
        given: [CONSUMER, JWT],
        request: del('/consumers/bob/jwt/bob'),
        expect: { status: 204 },
        afterwards: [{ request: get('/consumers/bob/jwt/bob'), expect: NOT_FOUND }],
      },
      {
        id: 'delete-absent',
        title: 'Deleting an absent credential answers 404',
        given: [CONSUMER],
        request: del('/consumers/bob/jwt/blah'),
        expect: NOT_FOUND,
      },
      {
        id: 'top-list',
        title: '/jwts lists the credentials of all consumers',
        given: [CONSUMER, JWT],
        request: get('/jwts'),
        expect: { status: 200, body: { data: [{ id: ID.a }] } },
      },
      {
        id: 'top-post-invalid',
        title: 'POST /jwts needs a consumer',
        request: post('/jwts'),
        expect: wrongField('consumer', 'required field missing'),
      },
      {
        id: 'consumer',
        title: 'GET /jwts/{key}/consumer reads the consumer of a credential',
        given: [CONSUMER, JWT],
        request: get('/jwts/bob/consumer'),
        expect: { status: 200, body: { id: ID.c } },
      },
    ] as const
  ).map((row): Row => ({ source: SPEC.jwtApi, ...row })),
}
