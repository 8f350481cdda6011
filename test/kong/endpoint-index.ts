import { type Area, get, post, type Row } from './conformance.ts'
import { SPEC } from './sources.ts'
import { NOT_ALLOWED } from './values.ts'

const PATHS = [
  '/',
  '/status',
  '/endpoints',
  '/services',
  '/services/{services}',
  '/services/{services}/routes',
  '/services/{services}/routes/{routes}',
  '/services/{services}/plugins',
  '/routes/{routes}/service',
  '/upstreams/{upstreams}/targets',
  '/upstreams/{upstreams}/health',
  '/consumers/{consumers}/acls',
  '/consumers/{consumers}/key-auth',
  '/schemas/{name}',
  '/tags/{tags}',
] as const

/** `/endpoints`: the list of all paths. */
export const ENDPOINT_INDEX: Area = {
  name: 'endpoint-index',
  title: 'Admin API: the list of endpoints',
  rows: [
    ...PATHS.map(
      (path): Row => ({
        id:
          path === '/'
            ? 'root'
            : path
                .slice(1)
                .replaceAll(/[/{}]+/g, '-')
                .replace(/-$/, ''),
        source: SPEC.kongRoutes,
        title: `/endpoints lists ${path}`,
        request: get('/endpoints'),
        expect: {
          status: 200,
          exactly: new RegExp(`[[,]"${path.replaceAll(/[{}]/g, '\\$&')}"[,\\]]`),
        },
      }),
    ),
    {
      id: 'post',
      source: SPEC.kongRoutes,
      title: '/endpoints is read only',
      request: post('/endpoints'),
      expect: NOT_ALLOWED,
    },
  ],
}
