import { type Area, del, get, patch, post, put } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ANY_UUID, ID, NOT_FOUND } from './values.ts'

const UPSTREAM = put(`/upstreams/${ID.a}`, { name: 'blue' })
const TARGET = post('/upstreams/blue/targets', { id: ID.b, target: '10.0.0.1:80', weight: 5 })

/** Targets of an upstream. */
export const TARGETS: Area = {
  name: 'targets',
  title: 'Admin API: targets and their health',
  rows: [
    {
      id: 'targets-post',
      source: SPEC.targets,
      title: 'POST /upstreams/{u}/targets creates a target',
      given: [UPSTREAM],
      request: post('/upstreams/blue/targets', { target: 'a.test' }),
      expect: {
        status: 201,
        body: { target: 'a.test:8000', weight: 100, upstream: { id: ID.a }, tags: null },
      },
    },
    {
      id: 'targets-post-again',
      source: SPEC.targets,
      title: 'POST of a target that exists answers 409',
      given: [UPSTREAM, TARGET],
      request: post('/upstreams/blue/targets', { target: '10.0.0.1:80', weight: 9 }),
      expect: { status: 409, body: { code: 5, name: 'unique constraint violation' } },
      afterwards: [
        {
          request: get('/upstreams/blue/targets'),
          expect: { status: 200, body: { data: [{ weight: 5 }] } },
        },
      ],
    },
    {
      id: 'targets-other-upstream',
      source: SPEC.targets,
      title: 'Two upstreams may have the same target',
      given: [UPSTREAM, post('/upstreams', { name: 'green' }), TARGET],
      request: post('/upstreams/green/targets', { target: '10.0.0.1:80' }),
      expect: { status: 201 },
    },
    {
      id: 'targets-list-order',
      source: SPEC.targets,
      title: 'Targets are listed newest first',
      given: [
        UPSTREAM,
        post('/upstreams/blue/targets', { target: '10.0.0.1:80', created_at: 1_600_000_000 }),
        post('/upstreams/blue/targets', { target: '10.0.0.2:80', created_at: 1_600_000_001 }),
      ],
      request: get('/upstreams/blue/targets'),
      expect: {
        status: 200,
        body: { data: [{ target: '10.0.0.2:80' }, { target: '10.0.0.1:80' }] },
      },
    },
    {
      id: 'targets-list-weight-0',
      source: SPEC.targets,
      title: 'Targets of weight 0 are listed',
      given: [UPSTREAM, post('/upstreams/blue/targets', { target: '10.0.0.1:80', weight: 0 })],
      request: get('/upstreams/blue/targets'),
      expect: { status: 200, body: { data: [{ target: '10.0.0.1:80', weight: 0 }] } },
    },
    {
      id: 'targets-all',
      source: SPEC.targets,
      title: 'GET /upstreams/{u}/targets/all lists them too',
      given: [UPSTREAM, TARGET],
      request: get('/upstreams/blue/targets/all'),
      expect: { status: 200, body: { data: [{ id: ID.b }] } },
    },
    {
      id: 'targets-get-target',
      source: SPEC.targets,
      title: 'A target is read by its address',
      given: [UPSTREAM, TARGET],
      request: get('/upstreams/blue/targets/10.0.0.1:80'),
      expect: { status: 200, body: { id: ID.b } },
    },
    {
      id: 'targets-get-encoded',
      source: SPEC.targets,
      title: 'The address of a target may be percent-encoded',
      given: [UPSTREAM, TARGET],
      request: get('/upstreams/blue/targets/10.0.0.1%3A80'),
      expect: { status: 200, body: { id: ID.b } },
    },
    {
      id: 'targets-patch',
      source: SPEC.targets,
      title: 'PATCH changes the weight of a target',
      given: [UPSTREAM, TARGET],
      request: patch('/upstreams/blue/targets/10.0.0.1:80', { weight: 7 }),
      expect: { status: 200, body: { id: ID.b, weight: 7 } },
    },
    {
      id: 'targets-put-absent',
      source: SPEC.targets,
      title: 'PUT of an absent target answers 404',
      given: [UPSTREAM],
      request: put(`/upstreams/blue/targets/${ID.none}`, { target: '10.0.0.1:80' }),
      expect: NOT_FOUND,
    },
    {
      id: 'targets-put',
      source: SPEC.targets,
      title: 'PUT of a target that exists changes it',
      given: [UPSTREAM, TARGET],
      request: put(`/upstreams/blue/targets/${ID.b}`, { target: '10.0.0.1:80', weight: 7 }),
      expect: { status: 200, body: { id: ID.b, weight: 7 } },
    },
    {
      id: 'targets-delete',
      source: SPEC.targets,
      title: 'DELETE of a target answers 204',
      given: [UPSTREAM, TARGET],
      request: del('/upstreams/blue/targets/10.0.0.1:80'),
      expect: { status: 204, exactly: '' },
      afterwards: [
        {
          request: get('/upstreams/blue/targets'),
          expect: { status: 200, body: { data: [] } },
        },
      ],
    },
    {
      id: 'targets-delete-absent',
      source: SPEC.targets,
      title: 'DELETE of an absent target answers 404',
      given: [UPSTREAM],
      request: del('/upstreams/blue/targets/10.0.0.1:80'),
      expect: NOT_FOUND,
    },
    {
      id: 'targets-absent-upstream',
      source: SPEC.targets,
      title: 'Targets of an absent upstream answer 404',
      request: get('/upstreams/nobody/targets'),
      expect: NOT_FOUND,
    },
    {
      id: 'targets-times',
      source: DOC.deck,
      title: 'Timestamps of targets are numbers, with milliseconds as fraction',
      given: [UPSTREAM, TARGET],
      request: get('/upstreams/blue/targets/10.0.0.1:80'),
      expect: { status: 200, exactly: /"created_at":\d+(\.\d{1,3})?,/ },
    },
    {
      id: 'health-off',
      source: SPEC.targets,
      title: 'GET /upstreams/{u}/health says HEALTHCHECKS_OFF without health checks',
      given: [UPSTREAM, TARGET],
      request: get('/upstreams/blue/health'),
      expect: {
        status: 200,
        body: {
          data: [{ target: '10.0.0.1:80', weight: 5, health: 'HEALTHCHECKS_OFF' }],
          next: null,
          node_id: ANY_UUID,
        },
      },
    },
    {
      id: 'health-addresses',
      source: SPEC.targets,
      title: 'The health of a target shows its addresses',
      given: [UPSTREAM, TARGET],
      request: get('/upstreams/blue/health'),
      expect: {
        status: 200,
        body: {
          data: [
            {
              data: {
                host: '10.0.0.1',
                port: 80,
                nodeWeight: 5,
                weight: { total: 5, available: 5, unavailable: 0 },
                addresses: [{ ip: '10.0.0.1', port: 80, weight: 5, health: 'HEALTHCHECKS_OFF' }],
              },
            },
          ],
        },
      },
    },
    {
      id: 'health-empty',
      source: SPEC.targets,
      title: 'The health of an upstream without targets is an empty list',
      given: [UPSTREAM],
      request: get('/upstreams/blue/health'),
      expect: { status: 200, body: { data: [], next: null } },
    },
    {
      id: 'health-balancer',
      source: DOC.loadBalancing,
      title: '?balancer_health=1 answers one object for the whole upstream',
      given: [UPSTREAM, TARGET],
      request: get('/upstreams/blue/health?balancer_health=1'),
      expect: {
        status: 200,
        body: { data: { id: ID.a, health: 'HEALTHCHECKS_OFF', details: { weight: { total: 5 } } } },
      },
    },
    {
      id: 'health-absent',
      source: SPEC.targets,
      title: 'The health of an absent upstream answers 404',
      request: get('/upstreams/nobody/health'),
      expect: NOT_FOUND,
    },
  ],
}
