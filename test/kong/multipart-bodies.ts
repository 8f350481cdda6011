import { PEM } from '../support/pem.ts'
import { type Area, get, multipart, post, put, raw } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID, wrongField } from './values.ts'

/** Multipart bodies: the same fields and the same coercion as a form. */
export const MULTIPART_BODIES: Area = {
  name: 'multipart-bodies',
  title: 'Admin API: multipart bodies',
  rows: [
    {
      id: 'simple',
      source: SPEC.services,
      title: 'A multipart body creates what JSON creates',
      request: multipart('POST', '/services', [
        ['protocol', 'http'],
        ['host', 'service.com'],
      ]),
      expect: { status: 201, body: { host: 'service.com', port: 80, read_timeout: 60000 } },
    },
    {
      id: 'coerced',
      source: SPEC.services,
      title: 'Values become the numbers and booleans that their fields hold',
      request: multipart('POST', '/services', [
        ['host', 'a.test'],
        ['port', '8080'],
        ['enabled', 'false'],
      ]),
      expect: { status: 201, body: { port: 8080, enabled: false } },
    },
    {
      id: 'list',
      source: SPEC.routes,
      title: 'Repeated parts make a list',
      request: multipart('POST', '/routes', [
        ['hosts[]', 'a.test'],
        ['hosts[]', 'b.test'],
      ]),
      expect: { status: 201, body: { hosts: ['a.test', 'b.test'] } },
    },
    {
      id: 'positions',
      source: SPEC.routes,
      title: 'Positions make a list',
      request: multipart('POST', '/routes', [
        ['hosts[1]', 'a.test'],
        ['hosts[2]', 'b.test'],
      ]),
      expect: { status: 201, body: { hosts: ['a.test', 'b.test'] } },
    },
    {
      id: 'nested',
      source: SPEC.plugins,
      title: 'A dot in the name of a part names a field of a record',
      request: multipart('POST', '/plugins', [
        ['name', 'key-auth'],
        ['config.hide_credentials', 'true'],
      ]),
      expect: { status: 201, body: { config: { hide_credentials: true } } },
    },
    {
      id: 'foreign',
      source: SPEC.routes,
      title: 'A part names a foreign key',
      given: [put(`/services/${ID.a}`, { name: 'shop', host: 'a.test' })],
      request: multipart('POST', '/routes', [
        ['paths[]', '/'],
        ['service.id', ID.a],
      ]),
      expect: { status: 201, body: { service: { id: ID.a } } },
    },
    {
      id: 'put',
      source: SPEC.consumers,
      title: 'PUT takes a multipart body',
      request: multipart('PUT', '/consumers/bob', [['custom_id', '42']]),
      expect: { status: 200, body: { username: 'bob', custom_id: '42' } },
    },
    {
      id: 'patch',
      source: SPEC.consumers,
      title: 'PATCH takes a multipart body',
      given: [post('/consumers', { username: 'bob' })],
      request: multipart('PATCH', '/consumers/bob', [['custom_id', '42']]),
      expect: { status: 200, body: { username: 'bob', custom_id: '42' } },
    },
    {
      id: 'utf8',
      source: SPEC.consumers,
      title: 'Parts are UTF-8',
      request: multipart('POST', '/consumers', [['username', '円']]),
      expect: { status: 201, body: { username: '円' } },
    },
    {
      id: 'url',
      source: SPEC.services,
      title: 'The shorthand url works in a multipart body',
      request: multipart('POST', '/services', [['url', 'https://service.com/']]),
      expect: { status: 201, body: { protocol: 'https', port: 443, path: '/' } },
    },
    {
      id: 'file',
      source: SPEC.certificates,
      title: 'A file is its text, as curl -F cert=@shop.pem sends it',
      request: multipart('POST', '/certificates', [
        ['cert', PEM.shop.cert, 'shop.pem'],
        ['key', PEM.shop.key, 'shop.key'],
        ['snis', 'a.test'],
      ]),
      expect: {
        status: 201,
        body: { cert: PEM.shop.cert, key: PEM.shop.key, snis: ['a.test'] },
      },
    },
    {
      id: 'file-put',
      source: SPEC.caCertificates,
      title: 'PUT takes a file',
      request: multipart('PUT', `/ca_certificates/${ID.a}`, [['cert', PEM.rootCa, 'root.pem']]),
      expect: { status: 200, body: { id: ID.a, cert: PEM.rootCa } },
    },
    {
      id: 'file-coerced',
      source: DOC.adminApi,
      title: 'The text of a file becomes what its field holds',
      request: multipart('POST', '/services', [
        ['host', 'a.test'],
        ['port', '8080', 'port.txt'],
      ]),
      expect: { status: 201, body: { port: 8080 } },
    },
    {
      id: 'file-invalid',
      source: SPEC.certificates,
      title: 'A file is refused with the messages of JSON',
      request: multipart('POST', '/ca_certificates', [['cert', 'no PEM', 'root.pem']]),
      expect: { status: 400, body: { code: 2, message: /^schema violation \(cert: / } },
      afterwards: [
        { request: get('/ca_certificates'), expect: { status: 200, body: { data: [] } } },
      ],
    },
    {
      id: 'invalid',
      source: SPEC.services,
      title: 'A multipart body is refused with the messages of JSON',
      request: multipart('POST', '/services', [['port', '80']]),
      expect: wrongField('host', 'required field missing'),
    },
    {
      id: 'no-boundary',
      source: DOC.adminApi,
      title: 'A multipart body without a boundary is refused and stores nothing',
      request: raw('POST', '/services', { text: 'host=a', contentType: 'multipart/form-data' }),
      expect: { status: 400 },
      afterwards: [{ request: get('/services'), expect: { status: 200, body: { data: [] } } }],
    },
  ],
}
