import { describe, expect, test } from 'vitest'
import { readFile } from '../../src/declarative/read-file.ts'
import { problemsOf, readSound } from './support.ts'

const SHOP = `_format_version: "3.0"
services:
- name: shop
  url: http://127.0.0.1:9001
  routes:
  - name: shop
    paths: [/shop]
    plugins:
    - name: key-auth
  plugins:
  - name: canary
    config: {percentage: 10, upstream_host: next.test}
upstreams:
- name: next.test
  targets:
  - target: 10.0.0.1
    weight: 5
consumers:
- username: anna
  groups: [{name: gold}]
  acls: [{group: testers}]
  keyauth_credentials:
  - key: k1
consumer_groups: [{name: gold}]
`

describe('a file of decK', () => {
  test('gives every entity, with its defaults, what it belongs to and its line', () => {
    const { entities } = readSound(SHOP)
    expect(entities.map(({ kind, line }) => `${line} ${kind}`).sort()).toEqual([
      '11 plugins',
      '14 upstreams',
      '16 targets',
      '19 consumers',
      '20 consumer_group_consumers',
      '21 acls',
      '23 keyauth_credentials',
      '24 consumer_groups',
      '3 services',
      '6 routes',
      '9 plugins',
    ])
    const service = entities.findIndex(({ kind }) => kind === 'services')
    expect(entities[service]?.fields).toMatchObject({ host: '127.0.0.1', port: 9001, retries: 5 })
    expect(entities.find(({ kind }) => kind === 'routes')?.references).toEqual({
      service: { by: 'position', position: service },
    })
    expect(entities.find(({ kind }) => kind === 'targets')?.fields.target).toBe('10.0.0.1:8000')
    const membership = entities.find(({ kind }) => kind === 'consumer_group_consumers')
    expect(membership?.references.consumer_group).toEqual({ by: 'key', key: 'gold' })
  })

  test('is the same as JSON', () => {
    const yaml = readSound(SHOP)
    const { services, upstreams } = {
      services: [{ name: 'shop', host: '127.0.0.1', routes: [{ paths: ['/'] }] }],
      upstreams: [{ name: 'next.test' }],
    }
    const json = readSound(JSON.stringify({ _format_version: '3.0', services, upstreams }))
    expect(json.entities.map(({ kind }) => kind)).toEqual(['services', 'routes', 'upstreams'])
    expect(yaml.selectTags).toEqual([])
  })

  test('takes fields from _info.defaults and _plugin_configs, its own first', () => {
    const { entities } = readSound(`_format_version: "3.0"
_info:
  select_tags: [team-a]
  defaults:
    service: {retries: 1, tags: [old]}
    upstream: {healthchecks: {active: {http_path: /up, timeout: 9}}}
_plugin_configs:
  careful: {percentage: 1, upstream_host: next.test, hash: ip}
services:
- {name: one, host: one.test}
- {name: two, host: two.test, retries: 7, tags: [mine]}
upstreams:
- name: u.test
  healthchecks: {active: {timeout: 3}}
plugins:
- name: canary
  _config: careful
  config: {percentage: 2}
`)
    const [one, two] = entities.filter(({ kind }) => kind === 'services')
    expect(one?.fields).toMatchObject({ retries: 1, tags: ['old', 'team-a'] })
    expect(two?.fields).toMatchObject({ retries: 7, tags: ['mine', 'team-a'] })
    expect(entities.find(({ kind }) => kind === 'upstreams')?.fields).toMatchObject({
      healthchecks: { active: { http_path: '/up', timeout: 3 } },
    })
    expect(entities.find(({ kind }) => kind === 'plugins')?.fields).toMatchObject({
      config: { percentage: 2, hash: 'ip', upstream_host: 'next.test' },
    })
  })

  test('may use aliases and merge keys', () => {
    const { entities } = readSound(`_format_version: "3.0"
_info: {defaults: {service: &common {retries: 2, host: common.test}}}
services:
- {<<: *common, name: one}
- <<: [{host: other.test}, *common]
  name: two
`)
    expect(entities.map(({ fields }) => [fields.name, fields.host, fields.retries])).toEqual([
      ['one', 'common.test', 2],
      ['two', 'other.test', 2],
    ])
  })
})

describe('what is wrong with a file', () => {
  test('is all told at once, each with line and path', () => {
    expect(
      problemsOf(`_format_version: "3.0"
services:
- name: shop
  host: shop.test
  retries: many
  routes:
  - paths: [/a]
    methodss: [GET]
- host: other.test:80
consumerss: []
plugins:
- name: canaryy
- name: canary
  config: {percentage: 300, upstream_host: x.test}
- name: key-auth
  _config: nothing
`),
    ).toEqual([
      "line 10, consumerss: unknown key; did you mean 'consumers'?",
      'line 5, services.1.retries: expected an integer',
      'line 8, services.1.routes.1.methodss: unknown field (did you mean "methods"?)',
      expect.stringMatching(/^line 9, services\.2\.host: .*must not have a port/),
      "line 12, plugins.1.name: plugin 'canaryy' not enabled; add it to the 'plugins' configuration property",
      'line 14, plugins.2.config.percentage: value should be between 0 and 100',
      'line 16, plugins.3._config: "nothing" names no entry of _plugin_configs; there are none',
    ])
  })

  test('has its line inside of the rules of a plugin: an expression with an operator that does not exist', () => {
    const problems = problemsOf(`_format_version: "3.0"
plugins:
- name: traffic-split
  config:
    rules:
    - match:
      - vars: [[arg_name, nope, jack]]
      weighted_upstreams: [{weight: 1}]
`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^line 7, plugins\.1\.config\.rules\.1\.match\.1\.vars/)
  })

  test('has its line in JSON too', () => {
    const text = JSON.stringify({ _format_version: '3.0', services: [{ name: 'a' }] }, null, 1)
    expect(problemsOf(text)).toEqual(['line 4, services.1.host: required field missing'])
  })

  test.each([
    ['an empty text', '', 'expected a map with _format_version and lists of entities'],
    ['a list', '- a', 'expected a map with _format_version and lists of entities'],
    [
      'no version',
      'services: []',
      'line 1, _format_version: required field missing: write _format_version: "3.0"',
    ],
    ['another version', '_format_version: "9"', /expected "3.0", the version of the format/],
    ['another workspace', '_format_version: "3.0"\n_workspace: a', /one workspace, 'default'/],
    [
      'no list',
      '_format_version: "3.0"\nservices: {a: b}',
      /services: expected a list of services/,
    ],
    [
      'a service that is a text',
      '_format_version: "3.0"\nservices: [a]',
      /expected a map of fields/,
    ],
    ['broken YAML', '_format_version: "3.0"\nservices: [', /line 2/],
    ['two documents', '_format_version: "3.0"\n---\na: 1', /^line 2: here another document begins/],
    [
      'a key twice',
      '_format_version: "3.0"\nservices: []\nservices: []',
      /line 3, services: .*twice/,
    ],
    ['a tag', '_format_version: "3.0"\nservices: !!js/function x', /line 2: Unresolved tag/],
    [
      'a key into prototypes',
      '_format_version: "3.0"\n__proto__: {a: 1}',
      /'__proto__' is not allowed/,
    ],
    [
      'a number that JSON has not',
      '_format_version: "3.0"\nservices: [{path: .inf}]',
      /expected a text, a finite number/,
    ],
    ['an alias to nothing', '_format_version: "3.0"\nservices: *gone', /line 2/],
    [
      'an alias to what is around it',
      '_format_version: "3.0"\nservices: &a\n- routes: *a',
      /line 3, services.1.routes: it contains itself by an alias/,
    ],
    ['a NUL character', '_format_version: "3.0"\nservices: [{name: "a\\0"}]', /NUL/],
    [
      'a reference of the wrong type',
      '_format_version: "3.0"\nroutes: [{paths: [/], service: 5}]',
      /line 2, routes.1.service: expected a record/,
    ],
    [
      'a parent within a parent',
      '_format_version: "3.0"\nservices: [{host: a.test, routes: [{paths: [/], service: b}]}]',
      /routes.1.service: leave it out/,
    ],
  ])('%s', (_, text, message) => {
    const problems = problemsOf(text)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems[0]).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    )
  })

  test.each([
    ['a NUL character', '{"name": "a\\u0000"}', /line 2, services.1.name: it contains a NUL/],
    ['half of a surrogate pair', '{"name": "a", "tags": ["\\ud800"]}', /half of a surrogate pair/],
    [
      'a key twice',
      '{"name": "a", "host": "b", "host": "c:d"}',
      /services.1.host: this key stands here twice/,
    ],
    ['a key into prototypes', '{"__proto__": {"host": "a"}}', /'__proto__' is not allowed/],
    ['an escaped quote, and then a key twice', '{"name": "\\"", "name": "b"}', /twice/],
  ])('%s, in JSON', (_, service, message) => {
    const problems = problemsOf(`{"_format_version": "3.0", "services": [\n${service}]}`)
    expect(problems[0]).toMatch(message)
  })

  test('is told of JSON with tabs too, where YAML has none', () => {
    const text = JSON.stringify({ _format_version: '3.0', services: [{ name: 'a' }] }, null, '\t')
    expect(problemsOf(text)).toEqual(['line 4, services.1.host: required field missing'])
  })

  test('is told a thousand times at most', () => {
    const services = Array.from({ length: 3000 }, () => ({ name: 'a' }))
    const problems = problemsOf(JSON.stringify({ _format_version: '3.0', services }))
    expect(problems).toHaveLength(1001)
    expect(problems.at(-1)).toBe('there may be more problems, which are not looked for')
  })

  test('an alias bomb is refused before it goes off', () => {
    const levels = Array.from({ length: 30 }, (_, n) => {
      return `l${n + 1}: &l${n + 1} [*l${n},*l${n},*l${n},*l${n},*l${n},*l${n},*l${n},*l${n},*l${n}]`
    })
    const bomb = ['_format_version: "3.0"', 'l0: &l0 [a]', ...levels].join('\n')
    expect(problemsOf(bomb)[0]).toMatch(/^line \d+, .*aliases stand for more than 100000 values$/)
  })

  test.each([
    ['YAML', `_format_version: "3.0"\nservices: ${'['.repeat(5000)}`],
    ['JSON', `{"_format_version": "3.0", "services": ${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('%s that is nested thousands of levels deep is refused', (_, text) => {
    expect(readFile(text).problems.length).toBeGreaterThan(0)
  })

  test('no secret of the file is in a message of the parser', () => {
    const text = '_format_version: "3.0"\nconsumers:\n- username: "a\n  key: hunter2'
    expect(problemsOf(text).join()).not.toContain('hunter2')
  })
})
