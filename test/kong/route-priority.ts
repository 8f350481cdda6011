import { type Area, proxy, type Row, type UpstreamName } from './conformance.ts'
import { type RouteFields, routes, type SentRequest } from './route-cases.ts'
import { SPEC } from './sources.ts'

const PRIORITIES: readonly Row[] = [
  wins(
    'host-path',
    'Host and path beat path alone',
    [{ paths: ['/a'] }, { hosts: ['a.test'], paths: ['/a'] }],
    ['GET /a', { host: 'a.test' }],
  ),
  wins(
    'host-path-shorter',
    'Host and path beat a longer path alone',
    [{ paths: ['/a/b/c'] }, { hosts: ['a.test'], paths: ['/a'] }],
    ['GET /a/b/c', { host: 'a.test' }],
  ),
  wins(
    'method-path',
    'Method and path beat path alone',
    [{ paths: ['/a'] }, { methods: ['GET'], paths: ['/a'] }],
    ['GET /a'],
  ),
  wins(
    'path-method-host',
    'Three kinds beat two',
    [
      { hosts: ['a.test'], paths: ['/a/b'] },
      { hosts: ['a.test'], paths: ['/a'], methods: ['GET'] },
    ],
    ['GET /a/b', { host: 'a.test' }],
  ),
  wins(
    'header-kind',
    'Headers count as one kind',
    [{ paths: ['/a'] }, { paths: ['/a'], headers: { tier: ['gold'] } }],
    ['GET /a', { tier: 'gold' }],
  ),
  wins(
    'plain-host',
    'A plain host beats a wildcard',
    [{ hosts: ['*.a.test'] }, { hosts: ['www.a.test'] }],
    ['GET /', { host: 'www.a.test' }],
  ),
  wins(
    'plain-host-path',
    'A plain host beats a wildcard with a longer path',
    [
      { hosts: ['*.a.test'], paths: ['/a/b'] },
      { hosts: ['www.a.test'], paths: ['/a'] },
    ],
    ['GET /a/b', { host: 'www.a.test' }],
  ),
  wins(
    'wildcard-method',
    'A wildcard host with a method beats a plain host alone',
    [{ hosts: ['www.a.test'] }, { hosts: ['*.a.test'], methods: ['GET'] }],
    ['GET /', { host: 'www.a.test' }],
  ),
  wins(
    'more-headers',
    'More header names beat fewer',
    [{ headers: { tier: ['gold'] } }, { headers: { tier: ['gold'], region: ['north'] } }],
    ['GET /', { tier: 'gold', region: 'north' }],
  ),
  wins(
    'more-headers-path',
    'More header names beat a longer path',
    [
      { paths: ['/a/b'], headers: { tier: ['gold'] } },
      { paths: ['/a'], headers: { tier: ['gold'], region: ['north'] } },
    ],
    ['GET /a/b', { tier: 'gold', region: 'north' }],
  ),
  wins(
    'more-headers-regex',
    'More header names beat a regex path',
    [
      { paths: ['~/a/b'], headers: { tier: ['gold'] } },
      { paths: ['/a'], headers: { tier: ['gold'], region: ['north'] } },
    ],
    ['GET /a/b', { tier: 'gold', region: 'north' }],
  ),
  wins(
    'regex',
    'A regex path beats a prefix',
    [{ paths: ['/users/123/profile'] }, { paths: ['~/users/\\d+'] }],
    ['GET /users/123/profile'],
  ),
  wins(
    'regex-priority',
    'A higher regex_priority beats a lower',
    [
      { paths: ['~/users/\\d+'], regex_priority: 1 },
      { paths: ['~/users/.*'], regex_priority: 5 },
    ],
    ['GET /users/123'],
  ),
  wins(
    'regex-priority-negative',
    'A regex_priority may be negative',
    [{ paths: ['~/users/\\d+'], regex_priority: -1 }, { paths: ['~/users/.*'] }],
    ['GET /users/123'],
  ),
  wins(
    'regex-priority-prefix',
    'regex_priority does not count for prefixes',
    [
      { paths: ['/a'], regex_priority: 10 },
      { paths: ['/a/b'], regex_priority: 0 },
    ],
    ['GET /a/b'],
  ),
  wins(
    'longer-prefix',
    'A longer prefix beats a shorter',
    [{ paths: ['/a'] }, { paths: ['/a/b'] }],
    ['GET /a/b/c'],
  ),
  wins(
    'root-last',
    'The root path is the last of all',
    [{ paths: ['/'] }, { paths: ['/a'] }],
    ['GET /a'],
  ),
  wins(
    'path-per-path',
    'A route with several paths is ranked by the one that matches',
    [{ paths: ['/a', '/very/long/path'] }, { paths: ['/a/b'] }],
    ['GET /a/b'],
  ),
  wins(
    'partial',
    'A better-ranked route that matches in part does not hide a full match',
    [{ hosts: ['a.test'], paths: ['/a'], methods: ['POST'] }, { paths: ['/a'] }],
    ['GET /a', { host: 'a.test' }],
  ),
  wins(
    'partial-host',
    'A route of another host does not hide a route of any host',
    [{ hosts: ['b.test'], paths: ['/a/b'] }, { paths: ['/a'] }],
    ['GET /a/b', { host: 'a.test' }],
  ),
  wins(
    'path-over-method',
    'Of three routes the one with most kinds wins',
    [{ methods: ['GET'] }, { hosts: ['a.test'], methods: ['GET'] }, { hosts: ['a.test'] }],
    ['GET /', { host: 'a.test' }],
  ),
  wins(
    'older',
    'Of equal routes the older one wins',
    [
      { paths: ['/a'], created_at: 1_600_000_009 },
      { paths: ['/a'], created_at: 1_600_000_001 },
    ],
    ['GET /a'],
  ),
]

/** Which of several routes takes a request. */
export const ROUTE_PRIORITY: Area = {
  name: 'route-priority',
  title: 'Proxy: priority of routes',
  rows: PRIORITIES,
}

/** Several routes that all take a request: the named one wins. */
function wins(
  id: string,
  title: string,
  given: readonly RouteFields[],
  [line, headers = {}]: SentRequest,
  name: UpstreamName = 'two',
): Row {
  return {
    id,
    source: SPEC.router,
    title,
    given: routes(...given),
    request: proxy(line, { host: 'localhost', ...headers }),
    expect: { status: 200, upstream: { name } },
  }
}
