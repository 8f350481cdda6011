import { expect } from 'vitest'
import type { ManagerCall } from './manager-calls.ts'
import { PEM } from './pem.ts'

const STRING = expect.any(String)

/** What a table needs: rows, and no offset when there are no more of them. */
const ROWS = { data: [{ id: STRING }], next: null }

const list = (title: string, path: ManagerCall['path'], row: object = {}): ManagerCall => ({
  title: `lists ${title}, thirty to a page`,
  method: 'GET',
  path: (workspace) => `${path(workspace)}?size=30`,
  status: 200,
  answer: { ...ROWS, data: [{ id: STRING, ...row }] },
})

/** Every list page and every list inside of a page. */
export const LISTS: readonly ManagerCall[] = [
  list('services', () => '/services', { name: 'shop', enabled: true, protocol: 'http', port: 80 }),
  list('routes', () => '/routes', { name: 'shop-all', protocols: ['http', 'https'], hosts: null }),
  list('consumers', () => '/consumers', { username: 'anna', custom_id: null }),
  list('plugins', () => '/plugins', { name: 'key-auth', enabled: true, instance_name: null }),
  list('upstreams', () => '/upstreams', { name: 'blue.internal', slots: 10000 }),
  list('certificates', () => '/certificates', { cert: PEM.shop.cert, snis: ['shop.test'] }),
  list('CA certificates', () => '/ca_certificates', { cert: PEM.rootCa, cert_digest: STRING }),
  list('SNIs', () => '/snis', { name: 'shop.test', certificate: { id: STRING } }),
  list('the routes of a service', ({ service }) => `/services/${service}/routes`),
  list('the plugins of a service', ({ service }) => `/services/${service}/plugins`),
  list('the targets of an upstream', ({ upstream }) => `/upstreams/${upstream}/targets`, {
    target: '10.0.0.1:80',
    weight: 100,
  }),
  list('the ACL groups of a consumer', ({ consumer }) => `/consumers/${consumer}/acls`, {
    group: 'staff',
  }),
  list('the keys of a consumer', ({ consumer }) => `/consumers/${consumer}/key-auth`, {
    key: 'k-1',
    ttl: null,
  }),
  list('the logins of a consumer', ({ consumer }) => `/consumers/${consumer}/basic-auth`, {
    username: 'a',
  }),
  list('the JWT credentials of a consumer', ({ consumer }) => `/consumers/${consumer}/jwt`, {
    key: 'iss-1',
    algorithm: 'HS256',
  }),
  {
    title: 'lists the plugins of a route that has none',
    method: 'GET',
    path: ({ route }) => `/routes/${route}/plugins?size=30`,
    status: 200,
    answer: { data: [], next: null },
  },
  {
    title: 'asks for an order that only the other edition knows',
    method: 'GET',
    path: () => '/services?sort_by=name&sort_desc=1&size=30',
    status: 200,
    answer: ROWS,
  },
]

const find = (title: string, path: ManagerCall['path'], answer: object): ManagerCall => ({
  title: `finds ${title}, which is one document and not a list`,
  method: 'GET',
  path,
  status: 200,
  answer,
})

/** The search field of a list asks for one entity by id or name; a detail page by id. */
export const SEARCHES: readonly ManagerCall[] = [
  find('a service by name', () => '/services/shop', { id: STRING, name: 'shop' }),
  find('a service by id', ({ service }) => `/services/${service}`, { name: 'shop' }),
  find('a route by name', () => '/routes/shop-all', { service: { id: STRING } }),
  find('a consumer by username', () => '/consumers/anna', { username: 'anna' }),
  find('an upstream by name', () => '/upstreams/blue.internal', { name: 'blue.internal' }),
  find('an SNI by name', () => '/snis/shop.test', { name: 'shop.test' }),
  find('a certificate by id', ({ certificate }) => `/certificates/${certificate}`, {
    snis: ['shop.test'],
    cert: STRING,
    key: STRING,
  }),
  find('a CA certificate by id', ({ ca }) => `/ca_certificates/${ca}`, { cert: STRING }),
  find('a plugin by id', ({ plugin }) => `/plugins/${plugin}`, {
    name: 'key-auth',
    config: { key_names: ['apikey'] },
    service: { id: STRING },
  }),
  find(
    'a plugin within its service',
    ({ service, plugin }) => `/services/${service}/plugins/${plugin}`,
    { name: 'key-auth' },
  ),
  find(
    'a target within its upstream',
    ({ upstream, target }) => `/upstreams/${upstream}/targets/${target}`,
    { target: '10.0.0.1:80' },
  ),
  find(
    'a key within its consumer',
    ({ consumer, key }) => `/consumers/${consumer}/key-auth/${key}`,
    {
      key: 'k-1',
    },
  ),
  ...['services', 'routes', 'consumers', 'upstreams', 'snis', 'plugins'].map(
    (segment): ManagerCall => ({
      title: `finds nothing under /${segment}, which is no error to it`,
      method: 'GET',
      path: () => `/${segment}/nothing-has-this-name`,
      status: 404,
      answer: { message: 'Not found' },
    }),
  ),
]

/** Pages of things that are not here say so, which they can only when they may read the answer. */
export const ABSENT: readonly ManagerCall[] = ['vaults', 'keys', 'key-sets'].map((segment) => ({
  title: `is told that there are no ${segment}`,
  method: 'GET',
  path: () => `/${segment}?size=30`,
  status: 404,
  answer: { message: 'Not found' },
}))

/** The health column of the targets of an upstream, and the two actions on it. */
export const HEALTH: readonly ManagerCall[] = [
  {
    title: 'reads the health of the targets of an upstream',
    method: 'GET',
    path: ({ upstream }) => `/upstreams/${upstream}/health`,
    status: 200,
    answer: { data: [{ id: STRING, target: '10.0.0.1:80', health: 'HEALTHCHECKS_OFF' }] },
  },
  ...['healthy', 'unhealthy'].map(
    (state): ManagerCall => ({
      title: `is told why a target cannot be marked ${state} where health is not checked`,
      method: 'PUT',
      path: ({ upstream, target }) => `/upstreams/${upstream}/targets/${target}/${state}`,
      status: 400,
      answer: { message: 'no healthchecker found for blue.internal' },
    }),
  ),
]
