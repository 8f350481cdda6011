import { type Area, form, post, put, type Row, raw } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID, wrongField } from './values.ts'

/** How the texts of a form get the types of their fields. */
export const FORM_BODIES: Area = {
  name: 'form-bodies',
  title: 'Admin API: form bodies',
  rows: [
    {
      id: 'form-simple',
      source: SPEC.services,
      title: 'A form creates what JSON creates',
      request: form('POST', '/services', 'protocol=http&host=service.com'),
      expect: {
        status: 201,
        body: {
          name: null,
          protocol: 'http',
          host: 'service.com',
          port: 80,
          connect_timeout: 60000,
          write_timeout: 60000,
          read_timeout: 60000,
        },
      },
    },
    {
      id: 'form-charset',
      source: DOC.adminApi,
      title: 'A charset beside the form type is accepted',
      request: raw('POST', '/services', {
        text: 'host=a.test',
        contentType: 'application/x-www-form-urlencoded; charset=UTF-8',
      }),
      expect: { status: 201, body: { host: 'a.test' } },
    },
    {
      id: 'form-number',
      source: SPEC.services,
      title: 'A form value becomes the number that its field holds',
      request: form('POST', '/services', 'host=a.test&port=8080&retries=0'),
      expect: { status: 201, body: { port: 8080, retries: 0 } },
    },
    {
      id: 'form-boolean',
      source: SPEC.routes,
      title: 'A form value becomes the boolean that its field holds',
      request: form('POST', '/routes', 'paths[]=/&strip_path=false&preserve_host=true'),
      expect: { status: 201, body: { strip_path: false, preserve_host: true } },
    },
    {
      id: 'form-digits-in-text',
      source: SPEC.consumers,
      title: 'Digits for a text field stay a text',
      request: form('POST', '/consumers', 'username=123&custom_id=true'),
      expect: { status: 201, body: { username: '123', custom_id: 'true' } },
    },
    {
      id: 'form-bad-number',
      source: SPEC.services,
      title: 'A form value that is no number is refused by its field',
      request: form('POST', '/services', 'host=a.test&port=http'),
      expect: wrongField('port', 'expected an integer'),
    },
    {
      id: 'form-null',
      source: SPEC.adminGeneral,
      title: 'An empty form value becomes null',
      given: [post('/services', { name: 'shop', host: 'a.test', path: '/x' })],
      request: form('PATCH', '/services/shop', 'path='),
      expect: { status: 200, body: { path: null } },
    },
    {
      id: 'form-utf8',
      source: SPEC.consumers,
      title: 'A form is UTF-8',
      request: form('POST', '/consumers', 'username=%E5%86%86&custom_id=gr%C3%B6%C3%9Fe'),
      expect: { status: 201, body: { username: '円', custom_id: 'größe' } },
    },
    {
      id: 'form-plus',
      source: DOC.adminApi,
      title: 'A plus sign in a form is a space',
      request: form('POST', '/consumers', 'username=bob+pop'),
      expect: { status: 201, body: { username: 'bob pop' } },
    },
    {
      id: 'form-invalid',
      source: SPEC.services,
      title: 'A form is refused with the messages of JSON',
      request: form('POST', '/services', 'port=80'),
      expect: wrongField('host', 'required field missing'),
    },
    ...listRows(),
    ...nestedRows(),
    {
      id: 'form-put',
      source: SPEC.services,
      title: 'PUT takes a form',
      request: form('PUT', `/services/${ID.a}`, 'host=a.test&tags[]=x'),
      expect: { status: 200, body: { id: ID.a, host: 'a.test', tags: ['x'] } },
    },
    {
      id: 'form-patch',
      source: SPEC.services,
      title: 'PATCH takes a form',
      given: [post('/services', { name: 'shop', host: 'a.test' })],
      request: form('PATCH', '/services/shop', 'protocol=https&port=8443'),
      expect: { status: 200, body: { protocol: 'https', port: 8443 } },
    },
    {
      id: 'form-patch-plugin',
      source: SPEC.plugins,
      title: 'PATCH of a plugin by a form knows the plugin without its name',
      given: [put(`/plugins/${ID.a}`, { name: 'canary', config: { upstream_host: 'b.test' } })],
      request: form('PATCH', `/plugins/${ID.a}`, 'config.percentage=20'),
      expect: { status: 200, body: { config: { percentage: 20, upstream_host: 'b.test' } } },
    },
  ],
}

function listRows(): readonly Row[] {
  const lists = [
    ['brackets', 'hosts[]=a.test&hosts[]=b.test', ['a.test', 'b.test']],
    ['positions', 'hosts[1]=a.test&hosts[2]=b.test', ['a.test', 'b.test']],
    ['repeated', 'hosts=a.test&hosts=b.test', ['a.test', 'b.test']],
    ['single', 'hosts=a.test', ['a.test']],
    ['single-brackets', 'hosts[]=a.test', ['a.test']],
    ['encoded-brackets', 'hosts%5B%5D=a.test&hosts%5B%5D=b.test', ['a.test', 'b.test']],
  ] as const
  return [
    ...lists.map(([id, text, hosts]) => ({
      id: `form-list-${id}`,
      source: SPEC.routes,
      title: `The form ${text} holds a list`,
      request: form('POST', '/routes', text),
      expect: { status: 201, body: { hosts } },
    })),
    {
      id: 'form-list-comma',
      source: DOC.adminApi,
      title: 'Commas do not split a form value into a list',
      request: form('POST', '/routes', 'hosts=a.test,b.test'),
      expect: wrongField('hosts.1', 'invalid value: a.test,b.test'),
    },
    {
      id: 'form-list-plugin',
      source: SPEC.services,
      title: 'The list of a plugin configuration may be given by positions',
      given: [post('/services', { name: 'shop', host: 'a.test' })],
      request: form(
        'POST',
        '/services/shop/plugins',
        'name=key-auth&config.key_names[1]=apikey&config.key_names[2]=key',
      ),
      expect: { status: 201, body: { config: { key_names: ['apikey', 'key'] } } },
    },
    {
      id: 'form-list-numbers',
      source: SPEC.upstreams,
      title: 'Numbers in a list are coerced',
      request: form(
        'POST',
        '/upstreams',
        'name=blue&healthchecks.active.healthy.http_statuses[]=200&healthchecks.active.healthy.http_statuses[]=204',
      ),
      expect: {
        status: 201,
        body: { healthchecks: { active: { healthy: { http_statuses: [200, 204] } } } },
      },
    },
  ]
}

function nestedRows(): readonly Row[] {
  return [
    {
      id: 'form-nested',
      source: SPEC.plugins,
      title: 'A dot in a form key names a field of a record',
      request: form('POST', '/plugins', 'name=key-auth&config.hide_credentials=true'),
      expect: { status: 201, body: { config: { hide_credentials: true } } },
    },
    {
      id: 'form-nested-canary',
      source: DOC.canary,
      title: 'The canary plugin is set up by a form as its documentation shows',
      given: [post('/services', { name: 'shop', host: 'a.test' })],
      request: form(
        'POST',
        '/services/shop/plugins',
        'name=canary&config.percentage=50&config.upstream_host=my.v2.service&config.hash=none',
      ),
      expect: {
        status: 201,
        body: { config: { percentage: 50, upstream_host: 'my.v2.service', hash: 'none' } },
      },
    },
    {
      id: 'form-nested-deep',
      source: SPEC.upstreams,
      title: 'Records may be nested in records',
      request: form(
        'POST',
        '/upstreams',
        'name=blue&healthchecks.active.healthy.interval=5&healthchecks.threshold=30',
      ),
      expect: {
        status: 201,
        body: {
          healthchecks: { threshold: 30, active: { healthy: { interval: 5, successes: 0 } } },
        },
      },
    },
    {
      id: 'form-map-dots',
      source: SPEC.routes,
      title: 'A dot in a form key names a key of a map',
      request: form('POST', '/routes', 'headers.region=north'),
      expect: { status: 201, body: { headers: { region: ['north'] } } },
    },
    {
      id: 'form-map-brackets',
      source: SPEC.routes,
      title: 'Brackets in a form key name a key of a map',
      request: form('POST', '/routes', 'headers[region]=north'),
      expect: { status: 201, body: { headers: { region: ['north'] } } },
    },
    {
      id: 'form-map-lists',
      source: SPEC.routes,
      title: 'The values of a map may be lists',
      request: form('POST', '/routes', 'headers.region[]=north&headers.region[]=south'),
      expect: { status: 201, body: { headers: { region: ['north', 'south'] } } },
    },
    {
      id: 'form-foreign-id',
      source: SPEC.routes,
      title: 'A form names a foreign key by its id',
      given: [put(`/services/${ID.a}`, { name: 'shop', host: 'a.test' })],
      request: form('POST', '/routes', `paths[]=/&service.id=${ID.a}`),
      expect: { status: 201, body: { service: { id: ID.a } } },
    },
    {
      id: 'form-foreign-name',
      source: SPEC.routes,
      title: 'A form names a foreign key by its name',
      given: [put(`/services/${ID.a}`, { name: 'shop', host: 'a.test' })],
      request: form('POST', '/routes', 'paths[]=/&service.name=shop'),
      expect: { status: 201, body: { service: { id: ID.a } } },
    },
  ]
}
