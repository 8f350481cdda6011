import { type Area, options, type Row } from './conformance.ts'
import { SPEC } from './sources.ts'

const COLLECTION = 'GET, HEAD, OPTIONS, POST'
const ITEM = 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'
const READ_ONLY = 'GET, HEAD, OPTIONS'

/** Paths and the verbs they have. */
export const ALLOWED: readonly (readonly [path: string, verbs: string])[] = [
  ['/', READ_ONLY],
  ['/status', READ_ONLY],
  ['/tags', READ_ONLY],
  ['/services', COLLECTION],
  ['/services/test', ITEM],
  ['/services/test/routes', COLLECTION],
  ['/services/test/routes/test', ITEM],
  ['/services/test/plugins', COLLECTION],
  ['/routes', COLLECTION],
  ['/routes/test', ITEM],
  ['/routes/test/service', 'GET, HEAD, OPTIONS, PATCH, PUT'],
  ['/routes/test/plugins', COLLECTION],
  ['/upstreams', COLLECTION],
  ['/upstreams/test', ITEM],
  ['/upstreams/test/targets', COLLECTION],
  ['/upstreams/test/targets/test', ITEM],
  ['/upstreams/test/targets/all', READ_ONLY],
  ['/upstreams/test/health', READ_ONLY],
  ['/consumers', COLLECTION],
  ['/consumers/test', ITEM],
  ['/consumers/test/acls', COLLECTION],
  ['/consumers/test/key-auth', COLLECTION],
  ['/consumers/test/basic-auth', COLLECTION],
  ['/consumers/test/jwt', COLLECTION],
  ['/consumer_groups', COLLECTION],
  ['/consumer_groups/test', ITEM],
  ['/certificates', COLLECTION],
  ['/certificates/test', ITEM],
  ['/certificates/test/snis', COLLECTION],
  ['/snis', COLLECTION],
  ['/snis/test', ITEM],
  ['/ca_certificates', COLLECTION],
  ['/plugins', COLLECTION],
  ['/plugins/test', ITEM],
]

/** OPTIONS and the Allow field, whatever the origin. */
export const OPTIONS: Area = {
  name: 'options',
  title: 'Admin API: OPTIONS and Allow',
  rows: ALLOWED.map(
    ([path, verbs]): Row => ({
      id: path === '/' ? 'root' : path.slice(1).replaceAll('/', '-'),
      source: SPEC.cors,
      title: `OPTIONS ${path} answers 204 and allows ${verbs}`,
      request: options(path),
      expect: { status: 204, exactly: '', headers: { allow: verbs } },
    }),
  ),
}
