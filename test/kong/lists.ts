import { type Area, get, post, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { TAGGED_SERVICES } from './tags.ts'
import { ID, NOT_FOUND } from './values.ts'

const SIZES = [
  ['0', 'size must be an integer between 1 and 1000'],
  ['-1', 'size must be an integer between 1 and 1000'],
  ['1001', 'size must be an integer between 1 and 1000'],
  ['1.5', 'size must be an integer between 1 and 1000'],
  ['many', 'size must be a number'],
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
      given: TAGGED_SERVICES,
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
      given: TAGGED_SERVICES,
      request: get('/services?size=2'),
      expect: { status: 200, body: { offset: /./, next: /^\/services\?offset=[^&]+&size=2$/ } },
    },
    {
      id: 'page-exact',
      source: SPEC.services,
      title: 'A page that holds all entities is the last',
      given: TAGGED_SERVICES,
      request: get('/services?size=3'),
      expect: { status: 200, exactly: /^(?!.*"offset":).*"next":null\}$/ },
    },
    {
      id: 'page-tags',
      source: DOC.tags,
      title: 'The path of the next page keeps the filter, before the size',
      given: TAGGED_SERVICES,
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
      given: TAGGED_SERVICES,
      request: get('/services?size=1000'),
      expect: { status: 200, body: { next: null } },
    },
    {
      id: 'empty-offset',
      source: SPEC.services,
      title: 'An empty offset is the first page',
      given: TAGGED_SERVICES,
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
    {
      id: 'foreign-offset',
      source: DOC.adminApi,
      title: 'An offset that was never given out is refused, and shown as it was sent',
      request: get('/services?offset=eyJ9'),
      expect: { status: 400, body: { code: 7, message: /^'eyJ9' is not a valid offset: / } },
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
      id: 'nested-absent',
      source: SPEC.routes,
      title: 'A list below an absent parent answers 404',
      request: get(`/services/${ID.none}/plugins`),
      expect: NOT_FOUND,
    },
  ],
}
