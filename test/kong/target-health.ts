import { type Area, get, post, put } from './conformance.ts'
import { SPEC } from './sources.ts'
import { ID, NOT_ALLOWED, NOT_FOUND } from './values.ts'

const TARGET = [
  put(`/upstreams/${ID.a}`, { name: 'blue' }),
  put('/upstreams/green', {
    healthchecks: { active: { healthy: { interval: 3600 }, unhealthy: { interval: 3600 } } },
  }),
  post('/upstreams/blue/targets', { id: ID.b, target: '10.0.0.1:80' }),
  post('/upstreams/green/targets', { target: '10.0.0.1:80' }),
]

/** Saying by hand that a target is healthy or not. What is not checked cannot be set. */
export const TARGET_HEALTH: Area = {
  name: 'target-health',
  title: 'Admin API: health of targets set by hand',
  rows: (['healthy', 'unhealthy'] as const).flatMap((state) => [
    ...(
      [
        ['set', 'a target', '10.0.0.1:80'],
        ['set-address', 'one address', '10.0.0.1:80/10.0.0.1:80'],
      ] as const
    ).map(([id, what, key]) => ({
      id: `${state}-${id}`,
      source: SPEC.targets,
      title: `PUT ${state} of ${what} that is checked answers 204 and counts at once`,
      given: TARGET,
      request: put(`/upstreams/green/targets/${key}/${state}`),
      expect: { status: 204 },
      afterwards: [
        {
          request: get('/upstreams/green/health'),
          expect: { status: 200, body: { data: [{ health: state.toUpperCase() }] } },
        },
        {
          request: get('/upstreams/green/health?balancer_health=1'),
          expect: { status: 200, body: { data: { balancer_health: state.toUpperCase() } } },
        },
      ],
    })),
    {
      id: `${state}-other-address`,
      source: SPEC.targets,
      title: `PUT ${state} of an address that the target does not have answers 404`,
      given: TARGET,
      request: put(`/upstreams/green/targets/10.0.0.1:80/10.0.0.2:80/${state}`),
      expect: NOT_FOUND,
    },
    ...(
      [
        ['off', 'a target', '10.0.0.1:80'],
        ['off-id', 'a target by its id', ID.b],
        ['off-address', 'one address', '10.0.0.1:80/10.0.0.1:80'],
      ] as const
    ).map(([id, what, key]) => ({
      id: `${state}-${id}`,
      source: SPEC.targets,
      title: `PUT ${state} of ${what} that is not checked answers 400`,
      given: TARGET,
      request: put(`/upstreams/blue/targets/${key}/${state}`),
      expect: { status: 400, exactly: { message: 'no healthchecker found for blue' } },
      afterwards: [
        {
          request: get('/upstreams/blue/health'),
          expect: { status: 200, body: { data: [{ health: 'HEALTHCHECKS_OFF' }] } },
        },
      ],
    })),
    {
      id: `${state}-absent`,
      source: SPEC.targets,
      title: `PUT ${state} of an absent target answers 404`,
      given: TARGET,
      request: put(`/upstreams/green/targets/10.0.0.9:80/${state}`),
      expect: NOT_FOUND,
    },
    {
      id: `${state}-other`,
      source: SPEC.targets,
      title: `PUT ${state} of a target of another upstream answers 404`,
      given: TARGET,
      request: put(`/upstreams/green/targets/${ID.b}/${state}`),
      expect: NOT_FOUND,
    },
    {
      id: `${state}-post`,
      source: SPEC.targets,
      title: `POST ${state} is not allowed`,
      given: TARGET,
      request: post(`/upstreams/green/targets/10.0.0.1:80/${state}`),
      expect: NOT_ALLOWED,
    },
  ]),
}
