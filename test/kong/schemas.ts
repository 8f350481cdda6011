import { type Area, get, post, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { NOT_ALLOWED } from './values.ts'

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
  ['request-size-limiting', 'allowed_payload_size', '"default":128'],
  ['request-size-limiting', 'size_unit', '"one_of":\\["megabytes","kilobytes","bytes"\\]'],
  ['canary', 'percentage', '"between":\\[0,100\\]'],
  ['canary', 'duration', '"default":3600'],
  ['canary', 'steps', '"default":1000'],
  ['canary', 'hash', '"default":"consumer"'],
] as const

/** Schemas as documents. */
export const SCHEMAS: Area = {
  name: 'schemas',
  title: 'Admin API: schemas',
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
    ...['key-auth', 'acl', 'request-size-limiting', 'canary'].map(
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
        exactly:
          /^(?=.*"acl")(?=.*"canary")(?=.*"key-auth")(?=.*"request-size-limiting")\{"enabled_plugins":\[/,
      },
    },
  ],
}
