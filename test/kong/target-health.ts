import { type Area, get, post, put } from './conformance.ts'
import { SPEC } from './sources.ts'
import { ID, NOT_ALLOWED } from './values.ts'

const TARGET = [
  put(`/upstreams/${ID.a}`, { name: 'blue' }),
  put('/upstreams/green', {
    healthchecks: { active: { healthy: { interval: 3600 }, unhealthy: { interval: 3600 } } },
  }),
  post('/upstreams/blue/targets', { id: ID.b, target: '10.0.0.1:80' }),
  post('/upstreams/green/targets', { target: '10.0.0.1:80' }),
]

/** Saying by hand that a target is healthy or not. */
export const TARGET_HEALTH: Area = {
  name: 'target-health',
  title: 'Admin API: health of targets set by hand',
  rows: [
    ...(['healthy', 'unhealthy'] as const).flatMap((state) => [
      {
        id: `${state}-off`,
        source: SPEC.targets,
        title: `PUT ${state} of a target without health checks answers 400`,
        given: TARGET,
        request: put(`/upstreams/blue/targets/10.0.0.1:80/${state}`),
        expect: { status: 400, body: { message: 'no healthchecker found for blue' } },
      },
      {
        id: `${state}-off-address`,
        source: SPEC.targets,
        title: `PUT ${state} of one address without health checks answers 400`,
        given: TARGET,
        request: put(`/upstreams/blue/targets/10.0.0.1:80/10.0.0.1:80/${state}`),
        expect: { status: 400, body: { message: 'no healthchecker found for blue' } },
      },
      {
        id: `${state}-on`,
        source: SPEC.targets,
        title: `PUT ${state} of a target with health checks answers 204 and shows in its health`,
        given: TARGET,
        request: put(`/upstreams/green/targets/10.0.0.1:80/${state}`),
        expect: { status: 204, exactly: '' },
        afterwards: [
          {
            request: get('/upstreams/green/health'),
            expect: { status: 200, body: { data: [{ health: state.toUpperCase() }] } },
          },
        ],
      },
      {
        id: `${state}-absent`,
        source: SPEC.targets,
        title: `PUT ${state} of an absent target answers 404`,
        given: TARGET,
        request: put(`/upstreams/green/targets/10.0.0.9:80/${state}`),
        expect: { status: 404 },
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
  ],
}
