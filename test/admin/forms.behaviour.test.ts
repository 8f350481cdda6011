import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, startAdmin } from './admin-harness.ts'

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

/** Facts that differ between two entities with the same fields. */
function comparable(entity: Record<string, unknown>): Record<string, unknown> {
  const { id: _, ...fields } = entity
  return fields
}

describe('a form makes the same entity as JSON', () => {
  it.each([
    ['/routes', 'hosts[]=a.test&hosts[]=b.test', { hosts: ['a.test', 'b.test'] }],
    ['/routes', 'hosts[2]=b.test&hosts[1]=a.test', { hosts: ['a.test', 'b.test'] }],
    ['/routes', 'hosts=a.test&hosts=b.test', { hosts: ['a.test', 'b.test'] }],
    ['/routes', 'hosts=a.test', { hosts: ['a.test'] }],
    ['/routes', 'hosts=a.test&hosts[]=b.test', { hosts: ['a.test', 'b.test'] }],
    ['/routes', 'paths=/a,b', { paths: ['/a,b'] }],
    ['/routes', 'paths=/&tags[]=a%20b&tags[]=%C3%BC', { paths: ['/'], tags: ['a b', 'ü'] }],
    ['/routes', 'headers.region=north', { headers: { region: ['north'] } }],
    ['/routes', 'headers[region]=north', { headers: { region: ['north'] } }],
    [
      '/routes',
      'headers.region[]=north&headers.region[]=south',
      { headers: { region: ['north', 'south'] } },
    ],
    ['/routes', 'headers[x_y]=1', { headers: { x_y: ['1'] } }],
    [
      '/routes',
      'paths=/&strip_path=false&regex_priority=7',
      { paths: ['/'], strip_path: false, regex_priority: 7 },
    ],
    ['/routes', 'paths=/&service.name=shop', { paths: ['/'], service: { name: 'shop' } }],
    ['/routes', 'paths=/&service[name]=shop', { paths: ['/'], service: { name: 'shop' } }],
    ['/routes', 'paths=/&service=&tags[]=', { paths: ['/'], service: null, tags: [] }],
    [
      '/routes',
      'protocols[]=tcp&sources[1].ip=10.0.0.1&sources[1].port=80&sources[2].ip=10.0.0.2',
      { protocols: ['tcp'], sources: [{ ip: '10.0.0.1', port: 80 }, { ip: '10.0.0.2' }] },
    ],
    ['/services', 'url=http://a.test:81/x', { url: 'http://a.test:81/x' }],
    [
      '/services',
      'host=a.test&port=0081&path=&enabled=false',
      { host: 'a.test', port: 81, path: null, enabled: false },
    ],
    ['/consumers', 'custom_id=123', { custom_id: '123' }],
    [
      '/upstreams',
      'name=blue&healthchecks.active.healthy.interval=0.5&healthchecks[active][healthy][http_statuses][]=200',
      {
        name: 'blue',
        healthchecks: { active: { healthy: { interval: 0.5, http_statuses: [200] } } },
      },
    ],
    [
      '/plugins',
      'name=canary&config.percentage=12.5&config.upstream_host=b.test&config.always_groups[]=a',
      {
        name: 'canary',
        config: { percentage: 12.5, upstream_host: 'b.test', always_groups: ['a'] },
      },
    ],
    [
      '/plugins',
      'name=key-auth&config.key_names[]=k&config.hide_credentials=true',
      { name: 'key-auth', config: { key_names: ['k'], hide_credentials: true } },
    ],
    ['/consumers', 'username=a+b&custom_id=', { username: 'a b', custom_id: null }],
  ])('%s %s', async (path, form, json) => {
    const { json: service } = await admin.call('POST', '/services', {
      json: { name: 'shop', host: 'a.test' },
    })
    const byForm = await admin.call('POST', path, { form })
    expect(byForm.json).toHaveProperty('id')
    await admin.call('DELETE', `${path}/${byForm.json.id}`)
    const byJson = await admin.call('POST', path, { json })
    expect(comparable(byForm.json)).toEqual(comparable(byJson.json))
    expect(service.name).toBe('shop')
  })
})

it('patches a plugin by form without naming it', async () => {
  const { json } = await admin.call('POST', '/plugins', {
    form: 'name=canary&config.percentage=10&config.upstream_host=b.test',
  })
  const patched = await admin.call('PATCH', `/plugins/${json.id}`, { form: 'config.percentage=50' })
  expect(patched.json.config).toEqual({ ...json.config, percentage: 50 })
})

it.each([
  ['host=a.test&port=eighty', { port: 'expected an integer' }],
  ['host=a.test&host=b.test', { host: 'expected a string' }],
  ['host=a.test&retries.x=1', { retries: 'expected an integer' }],
  ['host=a.test&nonsense=1', { nonsense: 'unknown field' }],
  ['host=a.test&tags[x]=1', { tags: 'expected a set' }],
  ['host=a.test&tags[=1', { 'tags[': 'unknown field (did you mean "tags"?)' }],
  ['host=a.test&enabled=yes', { enabled: 'expected a boolean' }],
])('reports what does not fit as the schema does: %s', async (form, fields) => {
  const refused = await admin.call('POST', '/services', { form })
  expect([refused.status, refused.json.fields]).toEqual([400, fields])
})

it('takes JSON values as they are, without coercion', async () => {
  const refused = await admin.call('POST', '/services', { json: { host: 'a.test', port: '80' } })
  expect(refused.json.fields).toEqual({ port: 'expected an integer' })
})
