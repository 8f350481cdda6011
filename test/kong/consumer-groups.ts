import { type Area, del, get, patch, post, put, type Row } from './conformance.ts'
import { DOC } from './sources.ts'
import { conflict, ID, NOT_FOUND, wrongField } from './values.ts'

const GROUP = put(`/consumer_groups/${ID.a}`, { name: 'gold' })
const BOB = put(`/consumers/${ID.c}`, { username: 'bob' })
const EVE = put(`/consumers/${ID.d}`, { username: 'eve' })
const JOIN = post('/consumer_groups/gold/consumers', { consumer: 'bob' })

/** Consumer groups and their members. */
export const CONSUMER_GROUPS: Area = {
  name: 'consumer-groups',
  title: 'Admin API: consumer groups',
  rows: (
    [
      {
        id: 'post',
        title: 'A group is created',
        request: post('/consumer_groups', { name: 'gold' }),
        expect: { status: 201, body: { name: 'gold', tags: null } },
      },
      {
        id: 'post-missing',
        title: 'A group needs a name',
        request: post('/consumer_groups'),
        expect: wrongField('name', 'required field missing'),
      },
      {
        id: 'post-again',
        title: 'A name exists once',
        given: [GROUP],
        request: post('/consumer_groups', { name: 'gold' }),
        expect: conflict(`UNIQUE violation detected on '{name="gold"}'`, { name: 'gold' }),
      },
      {
        id: 'list',
        title: 'Groups are listed',
        given: [GROUP],
        request: get('/consumer_groups'),
        expect: { status: 200, body: { data: [{ id: ID.a, name: 'gold' }], next: null } },
      },
      {
        id: 'get',
        title: 'A group is shown with its consumers and plugins',
        given: [GROUP, BOB, JOIN],
        request: get('/consumer_groups/gold'),
        expect: {
          status: 200,
          body: {
            consumer_group: { id: ID.a, name: 'gold' },
            consumers: [{ id: ID.c, username: 'bob' }],
            plugins: [],
          },
        },
      },
      {
        id: 'get-no-consumers',
        title: 'list_consumers=false leaves the consumers out',
        given: [GROUP, BOB, JOIN],
        request: get('/consumer_groups/gold?list_consumers=false'),
        expect: { status: 200, exactly: /^(?!.*"consumers":\[\{).*"consumer_group":/ },
      },
      {
        id: 'get-absent',
        title: 'An absent group answers 404',
        request: get('/consumer_groups/nobody'),
        expect: NOT_FOUND,
      },
      {
        id: 'put',
        title: 'PUT by a new name creates a group',
        request: put('/consumer_groups/silver'),
        expect: { status: 200, body: { name: 'silver' } },
      },
      {
        id: 'patch',
        title: 'PATCH changes a group',
        given: [GROUP],
        request: patch('/consumer_groups/gold', { tags: ['x'] }),
        expect: { status: 200, body: { id: ID.a, tags: ['x'] } },
      },
      {
        id: 'delete',
        title: 'A group is deleted; its consumers stay',
        given: [GROUP, BOB, JOIN],
        request: del('/consumer_groups/gold'),
        expect: { status: 204 },
        afterwards: [
          { request: get('/consumer_groups/gold'), expect: NOT_FOUND },
          { request: get('/consumers/bob'), expect: { status: 200 } },
        ],
      },
      {
        id: 'join',
        title: 'A consumer joins a group by username',
        given: [GROUP, BOB],
        request: JOIN,
        expect: {
          status: 201,
          body: { consumer_group: { id: ID.a }, consumers: [{ id: ID.c }] },
        },
      },
      {
        id: 'join-id',
        title: 'A consumer joins a group by id',
        given: [GROUP, BOB],
        request: post(`/consumer_groups/${ID.a}/consumers`, { consumer: ID.c }),
        expect: { status: 201, body: { consumers: [{ id: ID.c }] } },
      },
      {
        id: 'members',
        title: 'The consumers of a group are listed',
        given: [GROUP, BOB, EVE, JOIN],
        request: get('/consumer_groups/gold/consumers'),
        expect: { status: 200, body: { data: [{ id: ID.c, username: 'bob' }] } },
      },
      {
        id: 'leave',
        title: 'A consumer leaves a group',
        given: [GROUP, BOB, JOIN],
        request: del('/consumer_groups/gold/consumers/bob'),
        expect: { status: 204 },
        afterwards: [
          {
            request: get('/consumer_groups/gold/consumers'),
            expect: { status: 200, body: { data: [] } },
          },
        ],
      },
      {
        id: 'leave-absent',
        title: 'A consumer that is no member cannot leave',
        given: [GROUP, BOB],
        request: del('/consumer_groups/gold/consumers/bob'),
        expect: { status: 404 },
      },
      {
        id: 'leave-all',
        title: 'DELETE of the consumers of a group removes them all',
        given: [
          GROUP,
          BOB,
          EVE,
          JOIN,
          post('/consumer_groups/gold/consumers', { consumer: 'eve' }),
        ],
        request: del('/consumer_groups/gold/consumers'),
        expect: { status: 204 },
        afterwards: [
          {
            request: get('/consumer_groups/gold/consumers'),
            expect: { status: 200, body: { data: [] } },
          },
        ],
      },
      {
        id: 'consumer-join',
        title: 'A consumer is put into a group from its side',
        given: [GROUP, BOB],
        request: post('/consumers/bob/consumer_groups', { group: 'gold' }),
        expect: {
          status: 201,
          body: { consumer: { id: ID.c }, consumer_groups: [{ id: ID.a }] },
        },
      },
      {
        id: 'consumer-list',
        title: 'The groups of a consumer are listed',
        given: [GROUP, BOB, JOIN],
        request: get('/consumers/bob/consumer_groups'),
        expect: { status: 200, exactly: new RegExp(`"id":"${ID.a}"`) },
      },
      {
        id: 'consumer-deleted',
        title: 'A deleted consumer is no member any more',
        given: [GROUP, BOB, JOIN, del('/consumers/bob')],
        request: get('/consumer_groups/gold/consumers'),
        expect: { status: 200, body: { data: [] } },
      },
      {
        id: 'plugins',
        title: 'The plugins of a group are listed',
        given: [GROUP],
        request: get('/consumer_groups/gold/plugins'),
        expect: { status: 200, body: { data: [] } },
      },
      {
        id: 'tags',
        title: 'A group is found by its tags',
        given: [put('/consumer_groups/gold', { tags: ['x'] }), put('/consumer_groups/silver')],
        request: get('/consumer_groups?tags=x'),
        expect: { status: 200, body: { data: [{ name: 'gold' }] } },
      },
    ] as const
  ).map((row): Row => ({ source: DOC.consumerGroup, ...row })),
}
