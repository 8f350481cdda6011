import { type Area, get, options, post, type Row } from './conformance.ts'
import { ALLOWED } from './options.ts'
import { DOC, SPEC } from './sources.ts'

const ORIGIN = 'http://localhost:8002'

/** What a browser asks before and after a call of another origin. */
export const CORS: Area = {
  name: 'cors',
  title: 'Admin API: CORS',
  rows: [
    ...ALLOWED.map(
      ([path, verbs]): Row => ({
        id: `methods-${path === '/' ? 'root' : path.slice(1).replaceAll('/', '-')}`,
        source: SPEC.cors,
        title: `A preflight of ${path} allows the methods ${verbs}`,
        request: options(path, { origin: ORIGIN, 'access-control-request-method': 'GET' }),
        expect: {
          status: 204,
          exactly: '',
          headers: { allow: verbs, 'access-control-allow-methods': verbs },
        },
      }),
    ),
    {
      id: 'headers-default',
      source: SPEC.cors,
      title: 'A preflight that asks for no header allows Content-Type',
      request: options('/', { origin: ORIGIN }),
      expect: { status: 204, headers: { 'access-control-allow-headers': 'Content-Type' } },
    },
    {
      id: 'headers-asked',
      source: SPEC.cors,
      title: 'A preflight allows the headers that are asked for',
      request: options('/', {
        origin: ORIGIN,
        'access-control-request-headers': 'X-Header-1,X-Header-2',
      }),
      expect: { status: 204, headers: { 'access-control-allow-headers': 'X-Header-1,X-Header-2' } },
    },
    {
      id: 'origin-preflight',
      source: SPEC.cors,
      title: 'A preflight allows the origin that asks',
      request: options('/', { origin: ORIGIN }),
      expect: { status: 204, headers: { 'access-control-allow-origin': ORIGIN } },
    },
    {
      id: 'origin-preflight-none',
      source: SPEC.cors,
      title: 'A preflight without an origin allows any',
      request: options('/'),
      expect: { status: 204, headers: { 'access-control-allow-origin': '*' } },
    },
    {
      id: 'origin-get',
      source: SPEC.cors,
      title: 'An answer allows the origin that asked',
      request: get('/', { origin: ORIGIN }),
      expect: { status: 200, headers: { 'access-control-allow-origin': ORIGIN } },
    },
    {
      id: 'origin-get-none',
      source: SPEC.cors,
      title: 'An answer to a call without an origin allows any',
      request: get('/'),
      expect: { status: 200, headers: { 'access-control-allow-origin': '*' } },
    },
    {
      id: 'main-no-methods',
      source: SPEC.cors,
      title: 'An answer that is no preflight names no methods and no headers',
      request: get('/', {
        origin: ORIGIN,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'X-Header-1,X-Header-2',
      }),
      expect: {
        status: 200,
        headers: { 'access-control-allow-methods': null, 'access-control-allow-headers': null },
      },
    },
    {
      id: 'credentials',
      source: DOC.adminApi,
      title: 'Credentials are allowed',
      request: get('/services', { origin: ORIGIN }),
      expect: { status: 200, headers: { 'access-control-allow-credentials': 'true' } },
    },
    {
      id: 'error',
      source: DOC.adminApi,
      title: 'Errors carry the headers too, so that a page can read them',
      request: get('/services/none', { origin: ORIGIN }),
      expect: { status: 404, headers: { 'access-control-allow-origin': ORIGIN } },
    },
    {
      id: 'post',
      source: DOC.adminApi,
      title: 'Answers to writes carry the headers too',
      request: { ...post('/services', { host: 'a.test' }), headers: { origin: ORIGIN } },
      expect: { status: 201, headers: { 'access-control-allow-origin': ORIGIN } },
    },
  ],
}
