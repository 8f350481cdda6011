import { type Area, type Call, get, post, put, type Row } from './conformance.ts'
import { DOC } from './sources.ts'
import { ID } from './values.ts'

/** Three services, two of which share a tag. */
export const TAGGED_SERVICES: readonly Call[] = [
  post('/services', {
    name: 'one',
    host: 'a.test',
    tags: ['red', 'fast'],
    created_at: 1_600_000_001,
  }),
  post('/services', {
    name: 'two',
    host: 'a.test',
    tags: ['red', 'slow'],
    created_at: 1_600_000_002,
  }),
  post('/services', { name: 'three', host: 'a.test', tags: ['blue'], created_at: 1_600_000_003 }),
]

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

/** Filters by tag, and the index of tags. */
export const TAGS: Area = {
  name: 'tags',
  title: 'Admin API: tags',
  rows: [
    ...TAG_FILTERS.map(
      ([tags, count]): Row => ({
        id: `tags-${tags.replaceAll(/[,/]/g, (sign) => (sign === ',' ? '-and-' : '-or-'))}`,
        source: DOC.tags,
        title: `tags=${tags} finds ${count} of three services`,
        given: TAGGED_SERVICES,
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
      given: TAGGED_SERVICES,
      request: get('/services?tags=red%2Cfast'),
      expect: { status: 200, body: { data: [{ name: 'one' }] } },
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
      given: TAGGED_SERVICES,
      request: get('/tags'),
      expect: { status: 200, body: { data: Array.from({ length: 5 }, () => ({})) } },
    },
    {
      id: 'tag-one',
      source: DOC.tags,
      title: '/tags/{tag} lists the entities with that tag',
      given: TAGGED_SERVICES,
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
      given: TAGGED_SERVICES,
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
  ],
}
