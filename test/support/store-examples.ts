import { storedRow, uuid } from './store-rows.ts'

/** A service with a route and a canary, and a consumer with a key and a group; parents before children. */
export const EXAMPLES = {
  service: storedRow('services', 1, { name: 'shop', tags: ['web', 'eu'] }),
  route: storedRow('routes', 2, { name: 'cart', service: { id: uuid(1) } }),
  consumer: storedRow('consumers', 3, { username: 'anna' }),
  credential: storedRow('keyauth_credentials', 4, {
    key: 'open-sesame',
    consumer: { id: uuid(3) },
  }),
  group: storedRow('acls', 5, { group: 'testers', consumer: { id: uuid(3) } }),
  plugin: storedRow('plugins', 6, { service: { id: uuid(1) } }),
}
