import { expect } from 'vitest'
import type { ManagerCall } from './manager-calls.ts'
import { pluginForm, ROUTE_FORM, SERVICE_FORM, targetForm, UPSTREAM_FORM } from './manager-forms.ts'
import { PEM } from './pem.ts'

const STRING = expect.any(String)
const NUMBER = expect.any(Number)

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
