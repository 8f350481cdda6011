import { type Area, del, get, patch, post, put } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ANY_UUID, ID, NOT_FOUND, wrongField } from './values.ts'

const CONSUMER = put(`/consumers/${ID.c}`, { username: 'bob' })
const TESTERS = put(`/consumers/bob/acls/${ID.a}`, { group: 'testers' })

/** Which consumer is in which group. */
export const ACL_MEMBERSHIPS: Area = {
  name: 'acl-memberships',
  title: 'Admin API: groups of consumers',
  rows: [
    {
      id: 'acls-post',
      source: SPEC.aclApi,
      title: 'POST /consumers/{c}/acls puts the consumer into a group',
      given: [CONSUMER],
      request: post('/consumers/bob/acls', { group: 'testers' }),
      expect: { status: 201, body: { id: ANY_UUID, group: 'testers', consumer: { id: ID.c } } },
    },
    {
      id: 'acls-post-invalid',
      source: SPEC.aclApi,
      title: 'A membership needs a group',
      given: [CONSUMER],
      request: post('/consumers/bob/acls'),
      expect: wrongField('group', 'required field missing'),
    },
    {
      id: 'acls-get-group',
      source: SPEC.aclApi,
      title: 'A membership is read by its group',
      given: [CONSUMER, TESTERS],
      request: get('/consumers/bob/acls/testers'),
      expect: { status: 200, body: { id: ID.a } },
    },
    {
      id: 'acls-get-id',
      source: SPEC.aclApi,
      title: 'A membership is read by its id',
      given: [CONSUMER, TESTERS],
      request: get(`/consumers/bob/acls/${ID.a}`),
      expect: { status: 200, body: { group: 'testers' } },
    },
    {
      id: 'acls-put-group',
      source: SPEC.aclApi,
      title: 'PUT by a new group creates the membership',
      given: [CONSUMER],
      request: put('/consumers/bob/acls/testers'),
      expect: { status: 200, body: { group: 'testers', consumer: { id: ID.c } } },
    },
    {
      id: 'acls-patch-group',
      source: SPEC.aclApi,
      title: 'PATCH by group moves the membership to another group',
      given: [CONSUMER, TESTERS],
      request: patch('/consumers/bob/acls/testers', { group: 'staff' }),
      expect: { status: 200, body: { id: ID.a, group: 'staff' } },
    },
    {
      id: 'acls-delete-group',
      source: SPEC.aclApi,
      title: 'A membership is deleted by its group',
      given: [CONSUMER, TESTERS],
      request: del('/consumers/bob/acls/testers'),
      expect: { status: 204 },
      afterwards: [{ request: get(`/acls/${ID.a}`), expect: NOT_FOUND }],
    },
    {
      id: 'acls-delete-absent',
      source: SPEC.aclApi,
      title: 'Deleting an absent membership answers 404',
      given: [CONSUMER],
      request: del('/consumers/bob/acls/blah'),
      expect: NOT_FOUND,
    },
    {
      id: 'acls-other-consumer',
      source: SPEC.aclApi,
      title: 'A membership of another consumer is absent',
      given: [CONSUMER, post('/consumers', { username: 'eve' }), TESTERS],
      request: get('/consumers/eve/acls/testers'),
      expect: NOT_FOUND,
    },
    {
      id: 'acls-top-post',
      source: SPEC.aclApi,
      title: 'POST /acls takes the consumer in the body',
      given: [CONSUMER],
      request: post('/acls', { group: 'testers', consumer: { id: ID.c } }),
      expect: { status: 201, body: { group: 'testers', consumer: { id: ID.c } } },
    },
    {
      id: 'acls-top-post-invalid',
      source: SPEC.aclApi,
      title: 'POST /acls needs a consumer',
      request: post('/acls', { group: 'testers' }),
      expect: wrongField('consumer', 'required field missing'),
    },
    {
      id: 'acls-consumer',
      source: SPEC.aclApi,
      title: 'GET /acls/{id}/consumer reads the consumer of a membership',
      given: [CONSUMER, TESTERS],
      request: get(`/acls/${ID.a}/consumer`),
      expect: { status: 200, body: { username: 'bob' } },
    },
    {
      id: 'acls-fields',
      source: DOC.acl,
      title: 'A membership has id, group, consumer, tags and created_at',
      given: [CONSUMER, TESTERS],
      request: get(`/acls/${ID.a}`),
      expect: {
        status: 200,
        exactly: {
          id: ID.a,
          group: 'testers',
          consumer: { id: ID.c },
          tags: null,
          created_at: /^\d+$/,
        },
      },
    },
  ],
}
