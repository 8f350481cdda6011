import { type Area, form, get, post, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { NOT_ALLOWED, violation, wrongEntity, wrongField } from './values.ts'

const VALID = { status: 200, body: { message: 'schema validation successful' } } as const

const ENTITIES = [
  ['services', 'host'],
  ['routes', 'paths'],
  ['upstreams', 'slots'],
  ['targets', 'weight'],
  ['consumers', 'custom_id'],
  ['plugins', 'config'],
  ['acls', 'group'],
  ['keyauth_credentials', 'ttl'],
] as const

/** A `fields` list in which one entry has this name and these attributes. */
function field(name: string, attributes: string): RegExp {
  return new RegExp(`\\{"${name}":\\{(?=[^}]*${attributes})`)
}

const FIELD_FACTS = [
  ['services', 'port', '"default":80'],
  ['services', 'port', '"between":\\[0,65535\\]'],
  ['services', 'retries', '"default":5'],
  ['services', 'host', '"required":true'],
  ['services', 'protocol', '"one_of":\\["grpc","grpcs","http","https"'],
  ['services', 'name', '"type":"string"'],
  ['services', 'id', '"uuid":true'],
  ['services', 'enabled', '"type":"boolean"'],
  ['routes', 'regex_priority', '"type":"integer"'],
  ['routes', 'paths', '"type":"array"'],
  ['routes', 'methods', '"type":"set"'],
  ['routes', 'headers', '"type":"map"'],
  ['routes', 'service', '"reference":"services"'],
  ['routes', 'https_redirect_status_code', '"default":426'],
  ['upstreams', 'slots', '"default":10000'],
  ['upstreams', 'algorithm', '"default":"round-robin"'],
  ['upstreams', 'healthchecks', '"type":"record"'],
  ['targets', 'weight', '"default":100'],
] as const

const PLUGIN_FACTS = [
  ['key-auth', 'key_names', '"type":"array"'],
  ['key-auth', 'hide_credentials', '"default":false'],
  ['acl', 'allow', '"type":"array"'],
  ['canary', 'percentage', '"between":\\[0,100\\]'],
  ['canary', 'duration', '"default":3600'],
  ['canary', 'steps', '"default":1000'],
  ['canary', 'hash', '"default":"consumer"'],
] as const

/** Schemas as documents, and validation without storing. */
export const SCHEMAS: Area = {
  name: 'schemas',
  title: 'Admin API: schemas and validation',
  rows: [
    ...ENTITIES.map(
      ([entity, name]): Row => ({
        id: `entity-${entity}`,
        source: SPEC.kongRoutes,
        title: `GET /schemas/${entity} lists fields as objects of one key, ${name} among them`,
        request: get(`/schemas/${entity}`),
        expect: {
          status: 200,
          exactly: new RegExp(`^(?=\\{.*"fields":\\[\\{"[a-z_]+":\\{).*\\{"${name}":\\{`),
        },
      }),
    ),
    ...FIELD_FACTS.map(
      ([entity, name, attributes], index): Row => ({
        id: `field-${index + 1}`,
        source: SPEC.kongRoutes,
        title: `The schema of ${entity} says ${attributes.replaceAll('\\', '')} of ${name}`,
        request: get(`/schemas/${entity}`),
        expect: { status: 200, exactly: field(name, attributes) },
      }),
    ),
    {
      id: 'entity-checks',
      source: SPEC.kongRoutes,
      title: 'A schema lists its rules between fields as entity_checks',
      request: get('/schemas/consumers'),
      expect: { status: 200, exactly: /"entity_checks":\[.*at_least_one_of/ },
    },
    {
      id: 'unknown-entity',
      source: SPEC.kongRoutes,
      title: 'The schema of an unknown entity answers 404',
      request: get('/schemas/not-present'),
      expect: { status: 404, exactly: { message: "No entity named 'not-present'" } },
    },
    {
      id: 'entity-post',
      source: DOC.adminApi,
      title: 'A schema is read only',
      request: post('/schemas/services'),
      expect: NOT_ALLOWED,
    },
    ...['key-auth', 'acl', 'canary'].map(
      (name): Row => ({
        id: `plugin-${name}`,
        source: SPEC.plugins,
        title: `GET /schemas/plugins/${name} has a config record and the default of protocols`,
        request: get(`/schemas/plugins/${name}`),
        expect: {
          status: 200,
          exactly:
            /^(?=.*\{"config":\{(?=[^[]*"type":"record"))(?=.*\{"protocols":\{[^\]]*"default":\["grpc")/,
        },
      }),
    ),
    ...PLUGIN_FACTS.map(
      ([plugin, name, attributes], index): Row => ({
        id: `plugin-field-${index + 1}`,
        source: plugin === 'canary' ? DOC.canary : SPEC.plugins,
        title: `The schema of ${plugin} says ${attributes.replaceAll('\\', '')} of ${name}`,
        request: get(`/schemas/plugins/${plugin}`),
        expect: { status: 200, exactly: field(name, attributes) },
      }),
    ),
    {
      id: 'unknown-plugin',
      source: SPEC.plugins,
      title: 'The schema of an unknown plugin answers 404',
      request: get('/schemas/plugins/not-present'),
      expect: { status: 404, exactly: { message: "No plugin named 'not-present'" } },
    },
    {
      id: 'deprecated-plugin',
      source: SPEC.plugins,
      title: 'The old path /plugins/schema/{name} still answers',
      request: get('/plugins/schema/key-auth'),
      expect: { status: 200, exactly: /"fields":/ },
    },
    {
      id: 'plugins-enabled',
      source: SPEC.plugins,
      title: '/plugins/enabled lists the names of all plugins',
      request: get('/plugins/enabled'),
      expect: {
        status: 200,
        exactly: /^(?=.*"acl")(?=.*"canary")(?=.*"key-auth")\{"enabled_plugins":\[/,
      },
    },
    {
      id: 'validate-valid',
      source: SPEC.kongRoutes,
      title: 'A valid service is found valid',
      request: post('/schemas/services/validate', { host: 'a.test' }),
      expect: VALID,
    },
    {
      id: 'validate-stores-nothing',
      source: SPEC.kongRoutes,
      title: 'What is validated is not stored',
      request: post('/schemas/services/validate', { host: 'a.test' }),
      expect: VALID,
      then: [{ request: get('/services'), expect: { status: 200, body: { data: [] } } }],
    },
    {
      id: 'validate-invalid',
      source: SPEC.kongRoutes,
      title: 'An invalid service gets the error that POST would give',
      request: post('/schemas/services/validate', { host: 'a.test', port: 70000 }),
      expect: wrongField('port', 'value should be between 0 and 65535'),
    },
    {
      id: 'validate-several',
      source: SPEC.kongRoutes,
      title: 'All violations are reported',
      request: post('/schemas/services/validate', { path: 'x' }),
      expect: violation(
        '2 schema violations (host: required field missing; path: should start with: /)',
        { host: 'required field missing', path: 'should start with: /' },
      ),
    },
    {
      id: 'validate-entity-check',
      source: SPEC.kongRoutes,
      title: 'Rules between fields are validated',
      request: post('/schemas/consumers/validate', {}),
      expect: wrongEntity(
        "at least one of these fields must be non-empty: 'custom_id', 'username'",
      ),
    },
    {
      id: 'validate-routes',
      source: SPEC.kongRoutes,
      title: 'A route is validated',
      request: post('/schemas/routes/validate', { paths: ['/a'], methods: ['get'] }),
      expect: wrongField('methods.1', 'invalid value: get'),
    },
    {
      id: 'validate-upstreams',
      source: SPEC.kongRoutes,
      title: 'An upstream is validated',
      request: post('/schemas/upstreams/validate', { name: 'blue' }),
      expect: VALID,
    },
    {
      id: 'validate-form',
      source: DOC.adminApi,
      title: 'Validation takes a form',
      request: form('POST', '/schemas/services/validate', 'host=a.test&port=80'),
      expect: VALID,
    },
    {
      id: 'validate-unknown',
      source: SPEC.kongRoutes,
      title: 'Validation of an unknown entity answers 404',
      request: post('/schemas/not-present/validate', {}),
      expect: { status: 404, exactly: { message: "No entity named 'not-present'" } },
    },
    {
      id: 'validate-get',
      source: DOC.adminApi,
      title: 'Validation is for POST only',
      request: get('/schemas/services/validate'),
      expect: NOT_ALLOWED,
    },
    {
      id: 'validate-plugin',
      source: SPEC.kongRoutes,
      title: 'A valid plugin is found valid',
      request: post('/schemas/plugins/validate', {
        name: 'key-auth',
        config: { key_names: ['foo', 'bar'], hide_credentials: true },
      }),
      expect: VALID,
    },
    {
      id: 'validate-plugin-config',
      source: SPEC.kongRoutes,
      title: 'The configuration of a plugin is validated',
      request: post('/schemas/plugins/validate', {
        name: 'key-auth',
        config: { key_names: 'anything' },
      }),
      expect: wrongField('config.key_names', 'expected an array'),
    },
    {
      id: 'validate-plugin-name',
      source: SPEC.kongRoutes,
      title: 'A plugin without a name is refused',
      request: post('/schemas/plugins/validate', { config: {} }),
      expect: { status: 400, body: { fields: { name: /./ } } },
    },
    {
      id: 'validate-plugin-unknown',
      source: SPEC.kongRoutes,
      title: 'An unknown plugin is refused',
      request: post('/schemas/plugins/validate', { name: 'foo' }),
      expect: { status: 400, body: { fields: { name: /plugin 'foo' not enabled/ } } },
    },
    {
      id: 'validate-canary',
      source: DOC.canary,
      title: 'A canary plugin is validated',
      request: post('/schemas/plugins/validate', {
        name: 'canary',
        config: { percentage: 101, upstream_host: 'b.test' },
      }),
      expect: wrongField('config.percentage', 'value should be between 0 and 100'),
    },
  ],
}
