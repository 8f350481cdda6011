import { expect } from 'vitest'
import type { ManagerWorkspace } from './manager-workspace.ts'
import { PEM } from './pem.ts'

/** One call that Kong Manager makes, and what its code reads of the answer. */
export interface ManagerCall {
  readonly title: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path(workspace: ManagerWorkspace): string
  body?(workspace: ManagerWorkspace): object
  readonly status: number
  /** Fields that the document must have; a type stands for any value of it. */
  readonly answer?: object
}

const STRING = expect.any(String)
const NUMBER = expect.any(Number)

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

const VALID = { message: 'schema validation successful' }

/** Fields of every schema are a list of objects of one key, which the forms merge into one. */
const SCHEMA = {
  fields: expect.arrayContaining([{ id: expect.objectContaining({ type: 'string' }) }]),
}

/** Schemas that forms are built from, and validation before a form is sent. */
export const SCHEMAS: readonly ManagerCall[] = [
  ...['acls', 'basicauth_credentials', 'keyauth_credentials', 'jwt_secrets'].map(
    (name): ManagerCall => ({
      title: `builds the form of a credential from the schema of ${name}`,
      method: 'GET',
      path: () => `/schemas/${name}`,
      status: 200,
      answer: SCHEMA,
    }),
  ),
  ...['key-auth', 'acl', 'canary'].map(
    (name): ManagerCall => ({
      title: `builds the form of a plugin from the schema of ${name}`,
      method: 'GET',
      path: () => `/schemas/plugins/${name}`,
      status: 200,
      answer: {
        fields: expect.arrayContaining([
          { config: expect.objectContaining({ type: 'record', fields: expect.any(Array) }) },
          { protocols: expect.objectContaining({ type: 'set', default: expect.any(Array) }) },
        ]),
      },
    }),
  ),
  {
    title: 'has a consumer validated',
    method: 'POST',
    path: () => '/schemas/consumers/validate',
    body: () => ({ username: 'ben', custom_id: null, tags: [] }),
    status: 200,
    answer: VALID,
  },
  {
    title: 'has an upstream validated',
    method: 'POST',
    path: () => '/schemas/upstreams/validate',
    body: () => UPSTREAM_FORM,
    status: 200,
    answer: VALID,
  },
  {
    title: 'has a target validated',
    method: 'POST',
    path: () => '/schemas/targets/validate',
    body: ({ upstream }) => targetForm(upstream),
    status: 200,
    answer: VALID,
  },
  {
    title: 'has a plugin validated',
    method: 'POST',
    path: () => '/schemas/plugins/validate',
    body: ({ service }) => pluginForm(service),
    status: 200,
    answer: VALID,
  },
  {
    title: 'has a credential validated',
    method: 'POST',
    path: () => '/schemas/keyauth_credentials/validate',
    body: ({ consumer }) => ({ key: 'k-2', consumer: { id: consumer } }),
    status: 200,
    answer: VALID,
  },
  {
    title: 'is told what is wrong with a plugin, field by field',
    method: 'POST',
    path: () => '/schemas/plugins/validate',
    body: () => ({ name: 'canary', config: { upstream_host: 'b.test', percentage: 101 } }),
    status: 400,
    answer: {
      message: 'schema violation (config.percentage: value should be between 0 and 100)',
      fields: { config: { percentage: 'value should be between 0 and 100' } },
    },
  },
]

/** The general form of a service sends every field, null where it is empty. */
const SERVICE_FORM = {
  name: 'cart',
  tags: null,
  read_timeout: 60000,
  retries: 5,
  connect_timeout: 60000,
  ca_certificates: null,
  client_certificate: null,
  write_timeout: 60000,
}

const ROUTE_FORM = {
  name: 'cart-all',
  tags: [],
  protocols: ['http', 'https'],
  methods: null,
  hosts: ['cart.test'],
  paths: ['/cart'],
  headers: { 'x-region': ['north'] },
  snis: null,
  sources: null,
  destinations: null,
  regex_priority: 0,
  path_handling: 'v0',
  strip_path: true,
  preserve_host: false,
  https_redirect_status_code: 426,
  request_buffering: true,
  response_buffering: true,
}

const UPSTREAM_FORM = {
  name: 'green.internal',
  slots: 10000,
  algorithm: 'round-robin',
  hash_on: 'none',
  hash_fallback: 'none',
  hash_on_cookie_path: '/',
  host_header: null,
  client_certificate: null,
  tags: [],
  healthchecks: {
    threshold: 0,
    active: {
      type: 'http',
      timeout: 1,
      concurrency: 10,
      http_path: '/',
      https_sni: null,
      https_verify_certificate: true,
      healthy: { interval: 0, successes: 0, http_statuses: [200, 302] },
      unhealthy: { interval: 0, tcp_failures: 0, http_failures: 0, timeouts: 0 },
    },
  },
}

function targetForm(upstream: string): object {
  return { target: '10.0.0.2:8080', weight: 50, tags: [], upstream: { id: upstream } }
}

function pluginForm(service: string): object {
  return {
    name: 'canary',
    instance_name: null,
    enabled: true,
    protocols: ['grpc', 'grpcs', 'http', 'https'],
    tags: [],
    service: { id: service },
    route: null,
    consumer: null,
    config: { percentage: 10, upstream_host: 'green.internal', hash: 'consumer', groups: null },
  }
}

const create = (title: string, path: ManagerCall['path'], rest: Creation): ManagerCall => ({
  title: `creates ${title}`,
  method: 'POST',
  path,
  body: rest.body,
  status: 201,
  answer: { id: STRING, created_at: NUMBER, ...rest.answer },
})

interface Creation {
  readonly body: NonNullable<ManagerCall['body']>
  readonly answer?: object
}

/** Forms that create. The id in the answer is where the page goes next. */
export const CREATIONS: readonly ManagerCall[] = [
  create('a service from a URL', () => '/services', {
    body: () => ({ ...SERVICE_FORM, url: 'https://cart.test:8443/v1' }),
    answer: { protocol: 'https', host: 'cart.test', port: 8443, path: '/v1' },
  }),
  create('a service field by field', () => '/services', {
    body: () => ({ ...SERVICE_FORM, protocol: 'http', host: 'cart.test', path: null, port: 80 }),
    answer: { name: 'cart', enabled: true },
  }),
  create('a route of a service', () => '/routes', {
    body: ({ service }) => ({ ...ROUTE_FORM, service: { id: service } }),
    answer: { name: 'cart-all', service: { id: STRING } },
  }),
  create('a route of no service', () => '/routes', {
    body: () => ({ ...ROUTE_FORM, service: null }),
    answer: { service: null },
  }),
  create('a route from the page of a service', ({ service }) => `/services/${service}/routes`, {
    body: ({ service }) => ({ ...ROUTE_FORM, service: { id: service } }),
    answer: { service: { id: STRING } },
  }),
  create('an upstream', () => '/upstreams', {
    body: () => UPSTREAM_FORM,
    answer: { healthchecks: { active: { timeout: 1 }, passive: { type: 'http' } } },
  }),
  create('a target', ({ upstream }) => `/upstreams/${upstream}/targets`, {
    body: ({ upstream }) => targetForm(upstream),
    answer: { target: '10.0.0.2:8080', weight: 50 },
  }),
  create('a consumer', () => '/consumers', {
    body: () => ({ username: 'ben', custom_id: null, tags: [] }),
    answer: { username: 'ben' },
  }),
  create('a certificate with names', () => '/certificates', {
    body: () => ({ ...PEM.other, cert_alt: null, key_alt: null, snis: ['other.test'], tags: null }),
    answer: { snis: ['other.test'] },
  }),
  create('a CA certificate', () => '/ca_certificates', {
    body: () => ({ cert: PEM.otherRootCa, cert_digest: null, tags: [] }),
    answer: { cert_digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  }),
  create('an SNI', () => '/snis', {
    body: ({ certificate }) => ({
      name: 'www.shop.test',
      certificate: { id: certificate },
      tags: [],
    }),
    answer: { certificate: { id: STRING } },
  }),
  create('a plugin for all requests', () => '/plugins', {
    body: () => ({ ...pluginForm(''), service: null }),
    answer: { name: 'canary', service: null },
  }),
  create('a plugin from the page of a service', ({ service }) => `/services/${service}/plugins`, {
    body: ({ service }) => pluginForm(service),
    answer: { config: { percentage: 10 }, service: { id: STRING } },
  }),
  create('an ACL group of a consumer', ({ consumer }) => `/consumers/${consumer}/acls`, {
    body: () => ({ group: 'beta', tags: [] }),
    answer: { group: 'beta' },
  }),
  create('a key of a consumer', ({ consumer }) => `/consumers/${consumer}/key-auth`, {
    body: () => ({ tags: [] }),
    answer: { key: STRING },
  }),
  create('a login of a consumer', ({ consumer }) => `/consumers/${consumer}/basic-auth`, {
    body: () => ({ username: 'b', password: 'c' }),
    answer: { username: 'b', password: expect.not.stringMatching(/^c$/) },
  }),
  create('a JWT credential of a consumer', ({ consumer }) => `/consumers/${consumer}/jwt`, {
    body: () => ({ algorithm: 'HS256' }),
    answer: { key: STRING, secret: STRING },
  }),
]

const change = (
  title: string,
  path: ManagerCall['path'],
  rest: { readonly body: NonNullable<ManagerCall['body']>; readonly answer: object },
): ManagerCall => ({ title: `changes ${title}`, method: 'PATCH', path, ...rest, status: 200 })

/** Forms that change, and switches in lists. */
export const CHANGES: readonly ManagerCall[] = [
  change('a service, sending all of it', ({ service }) => `/services/${service}`, {
    body: () => ({
      ...SERVICE_FORM,
      protocol: 'http',
      host: 'a.test',
      path: null,
      port: 81,
      enabled: true,
    }),
    answer: { name: 'cart', host: 'a.test', port: 81 },
  }),
  change('whether a service is enabled', ({ service }) => `/services/${service}`, {
    body: () => ({ enabled: false }),
    answer: { name: 'shop', enabled: false },
  }),
  change('a route, sending all of it', ({ route }) => `/routes/${route}`, {
    body: ({ service }) => ({ ...ROUTE_FORM, service: { id: service } }),
    answer: { name: 'cart-all', hosts: ['cart.test'] },
  }),
  change('an upstream', ({ upstream }) => `/upstreams/${upstream}`, {
    body: () => ({ ...UPSTREAM_FORM, slots: 1000 }),
    answer: { name: 'green.internal', slots: 1000 },
  }),
  change('a target', ({ upstream, target }) => `/upstreams/${upstream}/targets/${target}`, {
    body: ({ upstream }) => targetForm(upstream),
    answer: { target: '10.0.0.2:8080', weight: 50 },
  }),
  change('a consumer', ({ consumer }) => `/consumers/${consumer}`, {
    body: () => ({ username: 'ann', custom_id: 'crm-1', tags: ['vip'] }),
    answer: { username: 'ann', custom_id: 'crm-1', tags: ['vip'] },
  }),
  change('the names of a certificate', ({ certificate }) => `/certificates/${certificate}`, {
    body: () => ({ ...PEM.shop, snis: ['shop.test', 'www.shop.test'], tags: null }),
    answer: { snis: expect.arrayContaining(['shop.test', 'www.shop.test']) },
  }),
  change('an SNI', ({ sni }) => `/snis/${sni}`, {
    body: ({ certificate }) => ({
      name: 'm.shop.test',
      certificate: { id: certificate },
      tags: [],
    }),
    answer: { name: 'm.shop.test' },
  }),
  change('a plugin', ({ plugin }) => `/plugins/${plugin}`, {
    body: () => ({ name: 'key-auth', config: { key_names: ['x-key'], hide_credentials: true } }),
    answer: { config: { key_names: ['x-key'], hide_credentials: true, key_in_header: true } },
  }),
  change(
    'whether a plugin of a service is enabled',
    ({ service, plugin }) => `/services/${service}/plugins/${plugin}`,
    { body: () => ({ enabled: false }), answer: { enabled: false } },
  ),
  change('a key of a consumer', ({ consumer, key }) => `/consumers/${consumer}/key-auth/${key}`, {
    body: () => ({ key: 'k-2', tags: ['new'] }),
    answer: { key: 'k-2', tags: ['new'] },
  }),
]

const remove = (title: string, path: ManagerCall['path']): ManagerCall => ({
  title: `deletes ${title}`,
  method: 'DELETE',
  path,
  status: 204,
})

/** The delete action of every list. */
export const REMOVALS: readonly ManagerCall[] = [
  remove('a route', ({ route }) => `/routes/${route}`),
  remove('an upstream with its targets', ({ upstream }) => `/upstreams/${upstream}`),
  remove('a target', ({ upstream, target }) => `/upstreams/${upstream}/targets/${target}`),
  remove('a consumer with its credentials', ({ consumer }) => `/consumers/${consumer}`),
  remove('a certificate with its names', ({ certificate }) => `/certificates/${certificate}`),
  remove('a CA certificate', ({ ca }) => `/ca_certificates/${ca}`),
  remove('an SNI', ({ sni }) => `/snis/${sni}`),
  remove('a plugin', ({ plugin }) => `/plugins/${plugin}`),
  remove(
    'a plugin of a service',
    ({ service, plugin }) => `/services/${service}/plugins/${plugin}`,
  ),
  remove('an ACL group', ({ consumer, acl }) => `/consumers/${consumer}/acls/${acl}`),
  remove('a key', ({ consumer, key }) => `/consumers/${consumer}/key-auth/${key}`),
  remove('a login', ({ consumer, login }) => `/consumers/${consumer}/basic-auth/${login}`),
  remove('a JWT credential', ({ consumer, jwt }) => `/consumers/${consumer}/jwt/${jwt}`),
  {
    title: 'is told why a service cannot be deleted',
    method: 'DELETE',
    path: ({ service }) => `/services/${service}`,
    status: 400,
    answer: { message: expect.stringContaining("an existing 'routes' entity references") },
  },
]

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
