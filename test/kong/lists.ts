import { type Area, type Call, get, post, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID, NOT_FOUND } from './values.ts'

const THREE: readonly Call[] = [
  post('/services', { name: 'one', host: 'a.test', tags: ['red', 'fast'], created_at: 1_600_000_001 }),
  post('/services', { name: 'two', host: 'a.test', tags: ['red', 'slow'], created_at: 1_600_000_002 }),
  post('/services', { name: 'three', host: 'a.test', tags: ['blue'], created_at: 1_600_000_003 }),
]

const SIZES = [
  ['0', 'size must be an integer between 1 and 1000'],
  ['-1', 'size must be an integer between 1 and 1000'],
  ['1001', 'size must be an integer between 1 and 1000'],
  ['1.5', 'size must be an integer between 1 and 1000'],
  ['many', 'size must be a number'],
] as const

const TAG_FILTERS = [
  ['red', 2],
  ['blue', 1],
  ['nobody', 0],
  ['red,fast', 1],
  ['red,blue', 0],
  ['red/blue', 3],
  ['fast/slow', 2],
] as const

const TAG_ERRORS = [
  ['', 'cannot be null'],
  ['a,b/c', 'invalid filter syntax'],
  ['a/b,c', 'invalid filter syntax'],
  ['a,b,c,d,e,f', 'cannot query more than 5 tags'],
] as const

/** Pages, filters and what a list looks like. */
export const LISTS: Area = {
  name: 'lists',
  title: 'Admin API: lists, pages and filters',
  rows: [
    {
      id: 'shape',
      source: SPEC.services,
      title: 'A list that fits on one page has no offset and next is null',
      given: THREE,
      request: get('/services'),
      expect: { status: 200, exactly: /^\{"data":\[.*\],"next":null\}$/ },
    },
    {
      id: 'empty',
      source: SPEC.services,
      title: 'An empty list is an array',
      request: get('/services'),
      expect: { status: 200, exactly: { data: [], next: null } },
    },
    {
      id: 'page-1',
      source: SPEC.services,
      title: 'A page that is not the last has an offset and the path of the next page',
      given: THREE,
      request: get('/services?size=2'),
      expect: { status: 200, body: { offset: /./, next: /^\/services\?offset=[^&]+&size=2$/ } },
    },
    {
      id: 'page-exact',
      source: SPEC.services,
      title: 'A page that holds all entities is the last',
      given: THREE,
      request: get('/services?size=3'),
      expect: { status: 200, exactly: /^(?!.*"offset":).*"next":null\}$/ },
    },
    {
      id: 'page-tags',
      source: DOC.tags,
      title: 'The path of the next page keeps the filter, before the size',
      given: THREE,
      request: get('/services?size=1&tags=red'),
      expect: { status: 200, body: { next: /^\/services\?offset=[^&]+&tags=red&size=1$/ } },
    },
    {
      id: 'page-nested',
      source: SPEC.targets,
      title: 'The path of the next page of a nested list keeps the nesting',
      given: [
        post('/upstreams', { name: 'blue' }),
        post('/upstreams/blue/targets', { target: '10.0.0.1:80' }),
        post('/upstreams/blue/targets', { target: '10.0.0.2:80' }),
      ],
      request: get('/upstreams/blue/targets?size=1'),
      expect: {
        status: 200,
        body: { offset: /./, next: /^\/upstreams\/blue\/targets\?offset=[^&]+$/ },
      },
    },
    {
      id: 'page-nested-all',
      source: SPEC.targets,
      title: 'The path of the next page of all targets stays on all targets',
      given: [
        post('/upstreams', { name: 'blue' }),
        post('/upstreams/blue/targets', { target: '10.0.0.1:80' }),
        post('/upstreams/blue/targets', { target: '10.0.0.2:80' }),
      ],
      request: get('/upstreams/blue/targets/all?size=1'),
      expect: { status: 200, body: { next: /^\/upstreams\/blue\/targets\/all\?offset=[^&]+$/ } },
    },
    {
      id: 'size-1000',
      source: DOC.deck,
      title: 'size=1000 is allowed',
      given: THREE,
      request: get('/services?size=1000'),
      expect: { status: 200, body: { next: null } },
    },
    {
      id: 'empty-offset',
      source: SPEC.services,
      title: 'An empty offset is the first page',
      given: THREE,
      request: get('/services?offset='),
      expect: { status: 200, body: { next: null } },
    },
    {
      id: 'bad-offset',
      source: SPEC.adminGeneral,
      title: 'A wrong offset is refused',
      request: get('/services?offset=x'),
      expect: {
        status: 400,
        body: { code: 7, message: "'x' is not a valid offset: bad base64 encoding" },
      },
    },
    ...SIZES.map(
      ([size, message]): Row => ({
        id: `size-${size}`,
        source: SPEC.adminGeneral,
        title: `size=${size} is refused: ${message}`,
        request: get(`/services?size=${size}`),
        expect: { status: 400, body: { code: 9, name: 'invalid size', message } },
      }),
    ),
    {
      id: 'unknown-argument',
      source: SPEC.services,
      title: 'Unknown query arguments are ignored',
      request: get('/services?foo=bar'),
      expect: { status: 200, exactly: { data: [], next: null } },
    },
    ...TAG_FILTERS.map(
      ([tags, count]): Row => ({
        id: `tags-${tags.replaceAll(/[,/]/g, (sign) => (sign === ',' ? '-and-' : '-or-'))}`,
        source: DOC.tags,
        title: `tags=${tags} finds ${count} of three services`,
        given: THREE,
        request: get(`/services?tags=${tags}`),
        expect: { status: 200, body: { data: Array.from({ length: count }, () => ({})) } },
      }),
    ),
    ...TAG_ERRORS.map(
      ([tags, message]): Row => ({
        id: `tags-refused-${tags.replaceAll(/[,/]/g, '-') || 'empty'}${tags.indexOf('/') === 1 ? '-or' : ''}`,
        source: DOC.tags,
        title: `tags=${tags} is refused: ${message}`,
        request: get(`/services?tags=${tags}`),
        expect: {
          status: 400,
          exactly: {
            message: `invalid option (tags: ${message})`,
            name: 'invalid options',
            code: 11,
            options: { tags: message },
          },
        },
      }),
    ),
    {
      id: 'tags-utf8',
      source: DOC.tags,
      title: 'A filter may name a UTF-8 tag',
      given: [post('/consumers', { username: 'bob', tags: ['größe'] })],
      request: get(`/consumers?tags=${encodeURIComponent('größe')}`),
      expect: { status: 200, body: { data: [{ username: 'bob' }] } },
    },
    {
      id: 'tags-escaped-comma',
      source: DOC.tags,
      title: 'A percent-encoded comma joins tags too',
      given: THREE,
      request: get('/services?tags=red%2Cfast'),
      expect: { status: 200, body: { data: [{ name: 'one' }] } },
    },
    {
      id: 'custom-id',
      source: SPEC.consumers,
      title: 'Consumers are found by custom_id',
      given: [
        post('/consumers', { username: 'bob', custom_id: 'c1' }),
        post('/consumers', { username: 'eve', custom_id: 'c2' }),
      ],
      request: get('/consumers?custom_id=c2'),
      expect: { status: 200, body: { data: [{ username: 'eve' }], next: null } },
    },
    {
      id: 'custom-id-absent',
      source: SPEC.consumers,
      title: 'A custom_id that nobody has finds nothing',
      request: get('/consumers?custom_id=nobody'),
      expect: { status: 200, exactly: { data: [], next: null } },
    },
    {
      id: 'tag-index',
      source: DOC.tags,
      title: '/tags lists which entity has which tag',
      given: [put(`/consumers/${ID.a}`, { username: 'bob', tags: ['red'] })],
      request: get('/tags'),
      expect: {
        status: 200,
        exactly: {
          data: [{ entity_name: 'consumers', entity_id: ID.a, tag: 'red' }],
          next: null,
        },
      },
    },
    {
      id: 'tag-index-each',
      source: DOC.tags,
      title: '/tags has one row for each tag of each entity',
      given: THREE,
      request: get('/tags'),
      expect: { status: 200, body: { data: Array.from({ length: 5 }, () => ({})) } },
    },
    {
      id: 'tag-one',
      source: DOC.tags,
      title: '/tags/{tag} lists the entities with that tag',
      given: THREE,
      request: get('/tags/red'),
      expect: {
        status: 200,
        body: {
          data: [
            { entity_name: 'services', tag: 'red' },
            { entity_name: 'services', tag: 'red' },
          ],
        },
      },
    },
    {
      id: 'tag-kinds',
      source: DOC.tags,
      title: '/tags/{tag} spans all kinds of entities',
      given: [
        post('/services', { host: 'a.test', tags: ['red'] }),
        post('/routes', { paths: ['/'], tags: ['red'] }),
        post('/upstreams', { name: 'blue', tags: ['red'] }),
      ],
      request: get('/tags/red'),
      expect: { status: 200, body: { data: [{}, {}, {}] } },
    },
    {
      id: 'tag-none',
      source: DOC.tags,
      title: 'A tag that nothing has gives an empty list',
      request: get('/tags/nobody'),
      expect: { status: 200, body: { data: [], next: null } },
    },
    {
      id: 'tag-page',
      source: DOC.tags,
      title: '/tags has pages',
      given: THREE,
      request: get('/tags?size=2'),
      expect: { status: 200, body: { data: [{}, {}], next: /^\/tags\?offset=[^&]+&size=2$/ } },
    },
    {
      id: 'tag-post',
      source: DOC.tags,
      title: '/tags is read only',
      request: post('/tags'),
      expect: { status: 405 },
    },
    {
      id: 'nested-absent',
      source: SPEC.routes,
      title: 'A list below an absent parent answers 404',
      request: get(`/services/${ID.none}/plugins`),
      expect: NOT_FOUND,
    },
  ],
}
