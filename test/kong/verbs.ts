import { PEM } from '../support/pem.ts'
import {
  type Area,
  type Call,
  del,
  get,
  head,
  patch,
  post,
  put,
  type Row,
  raw,
} from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID, NOT_ALLOWED, NOT_FOUND } from './values.ts'

interface Collection {
  readonly path: string
  readonly source: string
  readonly create: Readonly<Record<string, unknown>>
  readonly change: Readonly<Record<string, unknown>>
  readonly given?: readonly Call[]
}

const BOB = [put(`/consumers/${ID.d}`, { username: 'bob' })]

const COLLECTIONS: readonly Collection[] = [
  {
    path: '/services',
    source: SPEC.services,
    create: { name: 'shop', host: 'a.test' },
    change: { host: 'b.test' },
  },
  {
    path: '/routes',
    source: SPEC.routes,
    create: { name: 'shop', paths: ['/a'] },
    change: { paths: ['/b'] },
  },
  {
    path: '/upstreams',
    source: SPEC.upstreams,
    create: { name: 'shop' },
    change: { slots: 100 },
  },
  {
    path: '/consumers',
    source: SPEC.consumers,
    create: { username: 'anna' },
    change: { custom_id: '42' },
  },
  {
    path: '/plugins',
    source: SPEC.plugins,
    create: { name: 'key-auth' },
    change: { enabled: false },
  },
  {
    path: '/acls',
    source: SPEC.aclApi,
    create: { group: 'testers', consumer: { id: ID.d } },
    change: { group: 'staff' },
    given: BOB,
  },
  {
    path: '/key-auths',
    source: SPEC.keyAuthApi,
    create: { key: 'k1', consumer: { id: ID.d } },
    change: { key: 'k2' },
    given: BOB,
  },
  {
    path: '/jwts',
    source: SPEC.jwtApi,
    create: { key: 'k1', secret: 'one', consumer: { id: ID.d } },
    change: { secret: 'two' },
    given: BOB,
  },
  {
    path: '/snis',
    source: SPEC.certificates,
    create: { name: 'a.test', certificate: { id: ID.d } },
    change: { name: 'b.test' },
    given: [put(`/certificates/${ID.d}`, PEM.shop)],
  },
  {
    path: '/ca_certificates',
    source: SPEC.caCertificates,
    create: { cert: PEM.rootCa },
    change: { cert: PEM.otherRootCa },
  },
]

/** Verbs and status codes of every collection and its items. */
export const VERBS: Area = {
  name: 'verbs',
  title: 'Admin API: verbs and status codes',
  rows: COLLECTIONS.flatMap(rowsOf),
}

function rowsOf({ path, source, create, change, given = [] }: Collection): readonly Row[] {
  const name = path.slice(1)
  const item = `${path}/${ID.a}`
  const absent = `${path}/${ID.none}`
  const existing = [...given, put(item, create)]
  return [
    {
      id: `${name}-post`,
      source,
      title: `POST ${path} creates and answers 201`,
      given,
      request: post(path, create),
      expect: {
        status: 201,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: create,
      },
    },
    {
      id: `${name}-post-id`,
      source: DOC.adminApi,
      title: `POST ${path} takes the id that the client chose`,
      given,
      request: post(path, { ...create, id: ID.b }),
      expect: { status: 201, body: { ...create, id: ID.b } },
    },
    {
      id: `${name}-list`,
      source,
      title: `GET ${path} lists what exists`,
      given: existing,
      request: get(path),
      expect: { status: 200, body: { data: [{ ...create, id: ID.a }], next: null } },
    },
    {
      id: `${name}-empty`,
      source,
      title: `GET ${path} of an empty collection gives an empty array`,
      request: get(path),
      expect: { status: 200, exactly: '{"data":[],"next":null}' },
    },
    {
      id: `${name}-get`,
      source,
      title: `GET ${path}/{id} answers 200`,
      given: existing,
      request: get(item),
      expect: { status: 200, body: { ...create, id: ID.a } },
    },
    {
      id: `${name}-get-absent`,
      source,
      title: `GET ${path}/{id} answers 404 when it is absent`,
      request: get(absent),
      expect: NOT_FOUND,
    },
    {
      id: `${name}-get-body`,
      source,
      title: `GET ${path} ignores a body that is no JSON`,
      request: raw('GET', path, {
        text: 'this is no JSON',
        contentType: 'application/json',
      }),
      expect: { status: 200 },
    },
    {
      id: `${name}-head`,
      source: DOC.adminApi,
      title: `HEAD ${path}/{id} answers as GET does, without a body`,
      given: existing,
      request: head(item),
      expect: { status: 200, exactly: '' },
    },
    {
      id: `${name}-put-create`,
      source,
      title: `PUT ${path}/{id} creates and answers 200`,
      given,
      request: put(item, create),
      expect: { status: 200, body: { ...create, id: ID.a } },
    },
    {
      id: `${name}-put-replace`,
      source,
      title: `PUT ${path}/{id} replaces: what is left out gets its default`,
      given: [...given, put(item, { ...create, tags: ['old'] })],
      request: put(item, { ...create, ...change }),
      expect: { status: 200, body: { ...create, ...change, id: ID.a, tags: null } },
    },
    {
      id: `${name}-patch`,
      source,
      title: `PATCH ${path}/{id} answers 200 with the whole entity`,
      given: existing,
      request: patch(item, change),
      expect: { status: 200, body: { ...create, ...change, id: ID.a } },
      afterwards: [{ request: get(item), expect: { status: 200, body: change } }],
    },
    {
      id: `${name}-patch-absent`,
      source,
      title: `PATCH ${path}/{id} answers 404 when it is absent`,
      request: patch(absent, change),
      expect: NOT_FOUND,
    },
    {
      id: `${name}-delete`,
      source,
      title: `DELETE ${path}/{id} answers 204 without a body`,
      given: existing,
      request: del(item),
      expect: { status: 204, exactly: '' },
      afterwards: [{ request: get(item), expect: NOT_FOUND }],
    },
    {
      id: `${name}-delete-absent`,
      source,
      title: `DELETE ${path}/{id} answers 204 also when it is absent`,
      request: del(absent),
      expect: { status: 204, exactly: '' },
    },
    {
      id: `${name}-delete-collection`,
      source: DOC.adminApi,
      title: `DELETE ${path} is not allowed`,
      request: del(path),
      expect: NOT_ALLOWED,
    },
    {
      id: `${name}-post-item`,
      source: DOC.adminApi,
      title: `POST ${path}/{id} is not allowed`,
      request: post(item, create),
      expect: NOT_ALLOWED,
    },
  ]
}
