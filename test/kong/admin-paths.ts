import { type Area, get, post, put } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID, NOT_FOUND } from './values.ts'

/** Paths that are accepted in two forms, and those that do not exist. */
export const ADMIN_PATHS: Area = {
  name: 'admin-paths',
  title: 'Admin API: trailing slashes and unknown paths',
  rows: [
    {
      id: 'trailing-slash-list',
      source: DOC.adminApi,
      title: 'A trailing slash after a collection is accepted',
      given: [put(`/services/${ID.a}`, { host: 'a.test' })],
      request: get('/services/'),
      expect: { status: 200, body: { data: [{ id: ID.a }] } },
    },
    {
      id: 'trailing-slash-item',
      source: DOC.adminApi,
      title: 'A trailing slash after an item is accepted',
      given: [put(`/services/${ID.a}`, { name: 'shop', host: 'a.test' })],
      request: get('/services/shop/'),
      expect: { status: 200, body: { id: ID.a } },
    },
    {
      id: 'trailing-slash-post',
      source: DOC.adminApi,
      title: 'A trailing slash is accepted in writes too',
      request: post('/services/', { host: 'a.test' }),
      expect: { status: 201, body: { host: 'a.test' } },
    },
    {
      id: 'unknown-path',
      source: SPEC.adminGeneral,
      title: 'An unknown path answers 404',
      request: get('/no-such-thing'),
      expect: NOT_FOUND,
    },
    {
      id: 'unknown-nested-path',
      source: SPEC.adminGeneral,
      title: 'An unknown path below an item answers 404',
      given: [post('/services', { name: 'shop', host: 'a.test' })],
      request: get('/services/shop/no-such-thing'),
      expect: NOT_FOUND,
    },
    {
      id: 'targets-top',
      source: SPEC.targets,
      title: 'There is no collection of all targets',
      request: get('/targets'),
      expect: NOT_FOUND,
    },
  ],
}
