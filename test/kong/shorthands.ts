import { type Area, form, patch, post, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { violation, wrongField } from './values.ts'

/** Fields that stand for others when they are written. */
export const SHORTHANDS: Area = {
  name: 'shorthands',
  title: 'Admin API: write shorthands',
  rows: [...urlRows(), ...hashingRows()],
}

function urlRows(): readonly Row[] {
  const urls = [
    ['http://service.com/', { protocol: 'http', host: 'service.com', port: 80, path: '/' }],
    ['https://service.com/', { protocol: 'https', host: 'service.com', port: 443, path: '/' }],
    ['http://service.com', { protocol: 'http', host: 'service.com', port: 80, path: null }],
    ['http://service.com:8080/a/b', { host: 'service.com', port: 8080, path: '/a/b' }],
    ['https://service.com:80', { protocol: 'https', port: 80, path: null }],
    ['grpcs://service.com', { protocol: 'grpcs', port: 443, path: null }],
    ['tcp://service.com:9000', { protocol: 'tcp', port: 9000, path: null }],
  ] as const
  return [
    ...urls.map(([url, fields]) => ({
      id: `url-${url.replaceAll(/[^a-z0-9]+/g, '-').replace(/-$/, '')}${url.endsWith('/') ? '-slash' : ''}`,
      source: SPEC.services,
      title: `The shorthand url ${url} sets protocol, host, port and path`,
      request: post('/services', { url }),
      expect: { status: 201, body: fields },
    })),
    {
      id: 'url-form',
      source: SPEC.services,
      title: 'The shorthand url works in a form',
      request: form('POST', '/services', 'name=shop&url=http://service.com/path'),
      expect: { status: 201, body: { host: 'service.com', path: '/path' } },
    },
    {
      id: 'url-not-shown',
      source: DOC.service,
      title: 'The shorthand url is not stored',
      request: post('/services', { name: 'shop', url: 'http://service.com' }),
      expect: { status: 201, exactly: /^(?!.*"url":)/ },
    },
    {
      id: 'url-patch-clears-path',
      source: SPEC.services,
      title: 'PATCH with a url without a path clears the path',
      given: [post('/services', { name: 'shop', host: 'a.test', path: '/x' })],
      request: patch('/services/shop', { url: 'http://b.test:90' }),
      expect: { status: 200, body: { host: 'b.test', port: 90, path: null } },
    },
    {
      id: 'url-invalid',
      source: SPEC.services,
      title: 'A url without scheme and host is reported as missing host and wrong path',
      request: post('/services', { url: 'invalid url' }),
      expect: violation(
        '2 schema violations (host: required field missing; path: should start with: /)',
        { host: 'required field missing', path: 'should start with: /' },
      ),
    },
    {
      id: 'url-blank',
      source: SPEC.services,
      title: 'A blank url is refused',
      request: post('/services', { url: ' ' }),
      expect: violation(
        '2 schema violations (host: required field missing; path: should start with: /)',
        { host: 'required field missing', path: 'should start with: /' },
      ),
    },
    {
      id: 'url-empty',
      source: SPEC.services,
      title: 'An empty url is refused',
      request: post('/services', { url: '' }),
      expect: violation(
        '2 schema violations (host: required field missing; path: length must be at least 1)',
        { host: 'required field missing', path: 'length must be at least 1' },
      ),
    },
    {
      id: 'url-empty-form',
      source: SPEC.services,
      title: 'An empty url in a form is refused',
      request: form('POST', '/services', 'url='),
      expect: wrongField('url', 'required field missing'),
    },
  ]
}

function hashingRows(): readonly Row[] {
  const cases = [
    [{ hash_on: 'ip' }, { hash_on: 'ip', algorithm: 'consistent-hashing' }],
    [{ hash_on: 'none' }, { hash_on: 'none', algorithm: 'round-robin' }],
    [{ algorithm: 'least-connections' }, { hash_on: 'none', algorithm: 'least-connections' }],
    [{ algorithm: 'latency' }, { hash_on: 'none', algorithm: 'latency' }],
  ] as const
  return [
    ...cases.map(([input, stored]) => ({
      id: `shorthand-${Object.entries(input).flat().join('-')}`,
      source: SPEC.upstreams,
      title: `An upstream with ${JSON.stringify(input)} is stored with ${JSON.stringify(stored)}`,
      request: post('/upstreams', { name: 'blue', ...input }),
      expect: { status: 201, body: stored },
    })),
    {
      id: 'shorthand-patch-hash-on',
      source: SPEC.upstreams,
      title: 'PATCH of hash_on sets the algorithm that heeds it',
      given: [post('/upstreams', { name: 'blue' })],
      request: patch('/upstreams/blue', { hash_on: 'consumer' }),
      expect: { status: 200, body: { hash_on: 'consumer', algorithm: 'consistent-hashing' } },
    },
    {
      id: 'shorthand-patch-none',
      source: SPEC.upstreams,
      title: 'PATCH of hash_on to none sets round-robin',
      given: [post('/upstreams', { name: 'blue', hash_on: 'consumer' })],
      request: patch('/upstreams/blue', { hash_on: 'none' }),
      expect: { status: 200, body: { hash_on: 'none', algorithm: 'round-robin' } },
    },
    {
      id: 'shorthand-patch-algorithm',
      source: SPEC.upstreams,
      title: 'PATCH to an algorithm without hashing resets hash_on',
      given: [post('/upstreams', { name: 'blue', hash_on: 'consumer' })],
      request: patch('/upstreams/blue', { algorithm: 'least-connections' }),
      expect: { status: 200, body: { hash_on: 'none', algorithm: 'least-connections' } },
    },
  ]
}
