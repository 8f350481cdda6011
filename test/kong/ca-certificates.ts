import { PEM } from '../support/pem.ts'
import { type Area, del, get, patch, post, put } from './conformance.ts'
import { SPEC } from './sources.ts'
import { ID, NOT_FOUND, wrongEntity, wrongField } from './values.ts'

/** Certificates of authorities. */
export const CA_CERTIFICATES: Area = {
  name: 'ca-certificates',
  title: 'Admin API: CA certificates',
  rows: [
    {
      id: 'post',
      source: SPEC.caCertificates,
      title: 'A CA certificate is stored with the digest of its content',
      request: post('/ca_certificates', { cert: PEM.rootCa }),
      expect: { status: 201, body: { cert: PEM.rootCa, cert_digest: /^[0-9a-f]{64}$/ } },
    },
    {
      id: 'post-missing',
      source: SPEC.caCertificates,
      title: 'A CA certificate needs cert',
      request: post('/ca_certificates'),
      expect: wrongField('cert', 'required field missing'),
    },
    {
      id: 'post-no-ca',
      source: SPEC.caCertificates,
      title: 'A certificate of no authority is refused',
      request: post('/ca_certificates', { cert: PEM.shop.cert }),
      expect: wrongEntity(
        'certificate does not appear to be a CA because it is missing the "CA" basic constraint',
      ),
    },
    {
      id: 'post-two',
      source: SPEC.caCertificates,
      title: 'Two certificates at once are refused',
      request: post('/ca_certificates', { cert: `${PEM.rootCa}${PEM.otherRootCa}` }),
      expect: wrongEntity('please submit only one certificate at a time'),
    },
    {
      id: 'post-again',
      source: SPEC.caCertificates,
      title: 'One certificate is stored once',
      given: [put(`/ca_certificates/${ID.a}`, { cert: PEM.rootCa })],
      request: post('/ca_certificates', { cert: PEM.rootCa }),
      expect: {
        status: 409,
        body: {
          code: 5,
          message: /^UNIQUE violation detected on '\{cert_digest="[0-9a-f]{64}"\}'$/,
        },
      },
    },
    {
      id: 'get',
      source: SPEC.caCertificates,
      title: 'A CA certificate is read by its id',
      given: [put(`/ca_certificates/${ID.a}`, { cert: PEM.rootCa })],
      request: get(`/ca_certificates/${ID.a}`),
      expect: { status: 200, body: { id: ID.a, cert: PEM.rootCa } },
    },
    {
      id: 'list',
      source: SPEC.caCertificates,
      title: 'CA certificates are listed',
      given: [put(`/ca_certificates/${ID.a}`, { cert: PEM.rootCa })],
      request: get('/ca_certificates'),
      expect: { status: 200, body: { data: [{ id: ID.a }], next: null } },
    },
    {
      id: 'patch',
      source: SPEC.caCertificates,
      title: 'PATCH of the certificate changes the digest',
      given: [put(`/ca_certificates/${ID.a}`, { cert: PEM.rootCa })],
      request: patch(`/ca_certificates/${ID.a}`, { cert: PEM.otherRootCa }),
      expect: { status: 200, body: { id: ID.a, cert: PEM.otherRootCa } },
    },
    {
      id: 'delete',
      source: SPEC.caCertificates,
      title: 'A CA certificate is deleted',
      given: [put(`/ca_certificates/${ID.a}`, { cert: PEM.rootCa })],
      request: del(`/ca_certificates/${ID.a}`),
      expect: { status: 204 },
      afterwards: [{ request: get(`/ca_certificates/${ID.a}`), expect: NOT_FOUND }],
    },
    {
      id: 'delete-referenced',
      source: SPEC.caCertificates,
      title: 'A CA certificate that a service trusts is not deleted',
      given: [
        put(`/ca_certificates/${ID.a}`, { cert: PEM.rootCa }),
        put(`/services/${ID.b}`, {
          host: 'a.test',
          protocol: 'https',
          ca_certificates: [ID.a],
        }),
      ],
      request: del(`/ca_certificates/${ID.a}`),
      expect: { status: 400, body: { code: 19 } },
    },
    {
      id: 'service-absent',
      source: SPEC.services,
      title: 'A service cannot trust an absent CA certificate',
      request: post('/services', {
        host: 'a.test',
        protocol: 'https',
        ca_certificates: [ID.none],
      }),
      expect: { status: 400 },
      afterwards: [{ request: get('/services'), expect: { status: 200, body: { data: [] } } }],
    },
  ],
}
