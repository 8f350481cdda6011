import { type Area, type Call, proxy, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'

function service(route: Readonly<Record<string, unknown>>): readonly Call[] {
  return [
    put('/services/shop', { host: '127.0.0.1', port: '{one}' }),
    put('/services/shop/routes/all', { hosts: ['a.test'], ...route }),
  ]
}

const REDIRECTS = [301, 302, 307, 308] as const

/** Requests over http to routes for https only, on a gateway that trusts nobody. */
export const PROTOCOLS: Area = {
  name: 'protocols',
  title: 'Proxy: protocols of routes',
  rows: [
    {
      id: 'http',
      source: SPEC.routing,
      title: 'A route for http and https takes an http request',
      given: service({}),
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 200, upstream: { name: 'one' } },
    },
    {
      id: 'http-only',
      source: SPEC.routing,
      title: 'A route for http takes an http request',
      given: service({ protocols: ['http'] }),
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 200 },
    },
    {
      id: 'upgrade',
      source: SPEC.routing,
      title: 'A route for https answers 426 to an http request and says how to upgrade',
      given: service({ protocols: ['https'] }),
      request: proxy('GET /', { host: 'a.test' }),
      expect: {
        status: 426,
        headers: { connection: 'Upgrade', upgrade: 'TLS/1.2, HTTP/1.1' },
        body: { message: 'Please use HTTPS protocol' },
        upstream: null,
      },
    },
    ...REDIRECTS.map(
      (status): Row => ({
        id: `redirect-${status}`,
        source: SPEC.routing,
        title: `https_redirect_status_code ${status} redirects to https`,
        given: service({ protocols: ['https'], https_redirect_status_code: status }),
        request: proxy('GET /', { host: 'a.test' }),
        expect: { status, headers: { location: 'https://a.test/' }, upstream: null },
      }),
    ),
    {
      id: 'redirect-path',
      source: SPEC.routing,
      title: 'A redirect keeps path and query',
      given: service({ protocols: ['https'], https_redirect_status_code: 301 }),
      request: proxy('GET /a/b?x=1&y=%20', { host: 'a.test' }),
      expect: { status: 301, headers: { location: 'https://a.test/a/b?x=1&y=%20' } },
    },
    {
      id: 'redirect-port',
      source: SPEC.routing,
      title: 'A redirect drops the port of the request',
      given: service({ protocols: ['https'], https_redirect_status_code: 302 }),
      request: proxy('GET /', { host: 'a.test:8000' }),
      expect: { status: 302, headers: { location: 'https://a.test/' } },
    },
    {
      id: 'untrusted-proto',
      source: SPEC.routing,
      title: 'X-Forwarded-Proto of a peer that is not trusted does not count',
      given: service({ protocols: ['https'] }),
      request: proxy('GET /', { host: 'a.test', 'x-forwarded-proto': 'https' }),
      expect: { status: 426, upstream: null },
    },
    {
      id: 'grpc',
      source: DOC.proxy,
      title: 'A grpc route does not take a plain HTTP request',
      given: service({ protocols: ['grpc'] }),
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 404 },
    },
  ],
}

/** The same on a gateway that trusts this machine. */
export const TRUSTED_PROTOCOLS: Area = {
  name: 'trusted-protocols',
  title: 'Proxy: protocols of routes behind a trusted proxy',
  settings: { trusted_ips: '127.0.0.1' },
  rows: [
    {
      id: 'https',
      source: SPEC.routing,
      title: 'X-Forwarded-Proto https of a trusted peer makes the request https',
      given: service({ protocols: ['https'] }),
      request: proxy('GET /', { host: 'a.test', 'x-forwarded-proto': 'https' }),
      expect: { status: 200, upstream: { headers: { 'x-forwarded-proto': 'https' } } },
    },
    {
      id: 'http',
      source: SPEC.routing,
      title: 'X-Forwarded-Proto http of a trusted peer makes the request http',
      given: service({ protocols: ['https'] }),
      request: proxy('GET /', { host: 'a.test', 'x-forwarded-proto': 'http' }),
      expect: { status: 426, upstream: null },
    },
    {
      id: 'none',
      source: SPEC.routing,
      title: 'Without X-Forwarded-Proto the listener decides',
      given: service({ protocols: ['https'] }),
      request: proxy('GET /', { host: 'a.test' }),
      expect: {
        status: 426,
        upstream: null,
        headers: { upgrade: 'TLS/1.2, HTTP/1.1', connection: /upgrade/i },
        body: { message: 'Please use HTTPS protocol' },
      },
    },
    {
      id: 'unknown',
      source: SPEC.routing,
      title: 'Another X-Forwarded-Proto does not make the request https',
      given: service({ protocols: ['https'] }),
      request: proxy('GET /', { host: 'a.test', 'x-forwarded-proto': 'ftp' }),
      expect: { status: 426 },
    },
  ],
}
