import type { Area } from './conformance.ts'
import { upstreamUrl } from './path-cases.ts'
import { SPEC } from './sources.ts'

const NORMAL_FORMS = [
  ['/a/./b', '/a/b'],
  ['/a/../b', '/b'],
  ['/../a', '/a'],
  ['/a/b/..', '/a/'],
  ['/a/.', '/a/'],
  ['//a///b', '/a/b'],
  ['/%61%62', '/ab'],
  ['/%7Euser', '/~user'],
  ['/a%2fb', '/a%2Fb'],
  ['/a%20b', '/a%20b'],
  ['/a%2e%2e/b', '/a../b'],
  ['/a/%2e%2e/b', '/b'],
  ['/a%25b', '/a%25b'],
  ['/caf%c3%a9', '/caf%C3%A9'],
  ['/a;b=c,d@e!$', '/a;b=c,d@e!$'],
  ['/a/b/', '/a/b/'],
] as const

/** The form in which a request path is matched and goes upstream. */
export const NORMAL_PATHS: Area = {
  name: 'normal-paths',
  title: 'Proxy: normalisation of paths',
  rows: NORMAL_FORMS.map(([request, url], index) =>
    upstreamUrl({
      id: `normal-${index + 1}`,
      title: `The request path ${request} goes upstream as ${url}`,
      source: SPEC.uriEncoding,
      service: null,
      route: { paths: ['/'], strip_path: false },
      request,
      url,
    }),
  ),
}
