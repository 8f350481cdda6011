import { PEM } from '../support/pem.ts'
import { type Area, del, get, patch, post, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { conflict, ID, violation, wrongField } from './values.ts'

const BARE = put(`/certificates/${ID.a}`, PEM.shop)
const OTHER = put(`/certificates/${ID.b}`, PEM.other)
const SNI = put(`/snis/${ID.c}`, { name: 'a.test', certificate: { id: ID.a } })

const NAMES: readonly (readonly [name: string, message: string | null])[] = [
  ['a.test', null],
  ['*.a.test', null],
  ['a.*', null],
  ['*.*.test', 'only one wildcard must be specified'],
  ['a.*.test', 'wildcard must be leftmost or rightmost character'],
  ['10.0.0.1', 'must not be an IP'],
  ['a.test:443', 'must not have a port'],
]

/** Names of certificates as entities of their own. */
export const SNIS: Area = {
  name: 'snis',
  title: 'Admin API: SNIs',
  rows: [
    ...NAMES.map(
      ([name, message]): Row => ({
        id: `name-${name.replaceAll('*', 'star')}`,
        source: SPEC.sniSchema,
        title: `The name ${name} is ${message === null ? 'taken' : `refused: ${message}`}`,
        given: [BARE],
        request: post('/snis', { name, certificate: { id: ID.a } }),
        expect:
          message === null
            ? { status: 201, body: { name, certificate: { id: ID.a } } }
            : wrongField('name', message),
      }),
    ),
    {
      id: 'post-missing',
      source: SPEC.certificates,
      title: 'An SNI needs a name and a certificate',
      request: post('/snis'),
      expect: violation(
        '2 schema violations (certificate: required field missing; name: required field missing)',
        { certificate: 'required field missing', name: 'required field missing' },
      ),
    },
    {
      id: 'post-absent',
      source: SPEC.certificates,
      title: 'An SNI of an absent certificate is refused',
      request: post('/snis', { name: 'a.test', certificate: { id: ID.none } }),
      expect: {
        status: 400,
        body: {
          code: 4,
          message: `the foreign key '{id="${ID.none}"}' does not reference an existing 'certificates' entity.`,
        },
      },
    },
    {
      id: 'post-again',
      source: SPEC.certificates,
      title: 'A name exists once',
      given: [BARE, SNI],
      request: post('/snis', { name: 'a.test', certificate: { id: ID.a } }),
      expect: conflict(`UNIQUE violation detected on '{name="a.test"}'`, { name: 'a.test' }),
    },
    {
      id: 'get-name',
      source: SPEC.certificates,
      title: 'An SNI is read by its name',
      given: [BARE, SNI],
      request: get('/snis/a.test'),
      expect: { status: 200, body: { id: ID.c, certificate: { id: ID.a } } },
    },
    {
      id: 'get-wildcard',
      source: SPEC.certificates,
      title: 'An SNI with a wildcard is read by its percent-encoded name',
      given: [BARE, put(`/snis/${ID.c}`, { name: '*.a.test', certificate: { id: ID.a } })],
      request: get('/snis/%2A.a.test'),
      expect: { status: 200, body: { id: ID.c } },
    },
    {
      id: 'put-name',
      source: SPEC.certificates,
      title: 'PUT by a new name creates an SNI',
      given: [BARE],
      request: put('/snis/c.test', { certificate: { id: ID.a } }),
      expect: { status: 200, body: { name: 'c.test' } },
    },
    {
      id: 'patch-certificate',
      source: SPEC.certificates,
      title: 'PATCH moves an SNI to another certificate',
      given: [BARE, OTHER, SNI],
      request: patch('/snis/a.test', { certificate: { id: ID.b } }),
      expect: { status: 200, body: { certificate: { id: ID.b } } },
      afterwards: [
        { request: get('/certificates/a.test'), expect: { status: 200, body: { id: ID.b } } },
      ],
    },
    {
      id: 'delete',
      source: SPEC.certificates,
      title: 'Deleting an SNI leaves its certificate',
      given: [BARE, SNI],
      request: del('/snis/a.test'),
      expect: { status: 204 },
      afterwards: [
        { request: get(`/certificates/${ID.a}`), expect: { status: 200, body: { snis: [] } } },
      ],
    },
    {
      id: 'certificate',
      source: DOC.adminApi,
      title: 'GET /snis/{s}/certificate reads the certificate of a name',
      given: [BARE, SNI],
      request: get('/snis/a.test/certificate'),
      expect: { status: 200, body: { id: ID.a } },
    },
    {
      id: 'nested-list',
      source: DOC.adminApi,
      title: 'GET /certificates/{c}/snis lists the names of a certificate',
      given: [BARE, OTHER, SNI],
      request: get(`/certificates/${ID.a}/snis`),
      expect: { status: 200, body: { data: [{ name: 'a.test' }], next: null } },
    },
    {
      id: 'nested-list-sni',
      source: DOC.adminApi,
      title: 'The certificate of a nested list may be given by one of its names',
      given: [BARE, SNI],
      request: get('/certificates/a.test/snis'),
      expect: { status: 200, body: { data: [{ name: 'a.test' }] } },
    },
    {
      id: 'nested-post',
      source: DOC.adminApi,
      title: 'POST /certificates/{c}/snis adds a name',
      given: [BARE],
      request: post(`/certificates/${ID.a}/snis`, { name: 'a.test' }),
      expect: { status: 201, body: { name: 'a.test', certificate: { id: ID.a } } },
    },
  ],
}
