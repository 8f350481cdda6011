import { type Area, form, get, post } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { NOT_ALLOWED, violation, wrongEntity, wrongField } from './values.ts'

const VALID = { status: 200, body: { message: 'schema validation successful' } } as const

/** What POST to a schema finds. */
export const VALIDATION: Area = {
  name: 'validation',
  title: 'Admin API: validation without storing',
  rows: [
    {
      id: 'valid',
      source: SPEC.kongRoutes,
      title: 'A valid service is found valid',
      request: post('/schemas/services/validate', { host: 'a.test' }),
      expect: VALID,
    },
    {
      id: 'stores-nothing',
      source: SPEC.kongRoutes,
      title: 'What is validated is not stored',
      request: post('/schemas/services/validate', { host: 'a.test' }),
      expect: VALID,
      afterwards: [{ request: get('/services'), expect: { status: 200, body: { data: [] } } }],
    },
    {
      id: 'invalid',
      source: SPEC.kongRoutes,
      title: 'An invalid service gets the error that POST would give',
      request: post('/schemas/services/validate', { host: 'a.test', port: 70000 }),
      expect: wrongField('port', 'value should be between 0 and 65535'),
    },
    {
      id: 'several',
      source: SPEC.kongRoutes,
      title: 'All violations are reported',
      request: post('/schemas/services/validate', { path: 'x' }),
      expect: violation(
        '2 schema violations (host: required field missing; path: should start with: /)',
        { host: 'required field missing', path: 'should start with: /' },
      ),
    },
    {
      id: 'entity-check',
      source: SPEC.kongRoutes,
      title: 'Rules between fields are validated',
      request: post('/schemas/consumers/validate', {}),
      expect: wrongEntity(
        "at least one of these fields must be non-empty: 'custom_id', 'username'",
      ),
    },
    {
      id: 'routes',
      source: SPEC.kongRoutes,
      title: 'A route is validated',
      request: post('/schemas/routes/validate', { paths: ['/a'], methods: ['get'] }),
      expect: wrongField('methods.1', 'invalid value: get'),
    },
    {
      id: 'upstreams',
      source: SPEC.kongRoutes,
      title: 'An upstream is validated',
      request: post('/schemas/upstreams/validate', { name: 'blue' }),
      expect: VALID,
    },
    {
      id: 'form',
      source: DOC.adminApi,
      title: 'Validation takes a form',
      request: form('POST', '/schemas/services/validate', 'host=a.test&port=80'),
      expect: VALID,
    },
    {
      id: 'unknown',
      source: SPEC.kongRoutes,
      title: 'Validation of an unknown entity answers 404',
      request: post('/schemas/not-present/validate', {}),
      expect: { status: 404, exactly: { message: "No entity named 'not-present'" } },
    },
    {
      id: 'get',
      source: DOC.adminApi,
      title: 'Validation is for POST only',
      request: get('/schemas/services/validate'),
      expect: NOT_ALLOWED,
    },
    {
      id: 'plugin',
      source: SPEC.kongRoutes,
      title: 'A valid plugin is found valid',
      request: post('/schemas/plugins/validate', {
        name: 'key-auth',
        config: { key_names: ['foo', 'bar'], hide_credentials: true },
      }),
      expect: VALID,
    },
    {
      id: 'plugin-config',
      source: SPEC.kongRoutes,
      title: 'The configuration of a plugin is validated',
      request: post('/schemas/plugins/validate', {
        name: 'key-auth',
        config: { key_names: 'anything' },
      }),
      expect: wrongField('config.key_names', 'expected an array'),
    },
    {
      id: 'plugin-name',
      source: SPEC.kongRoutes,
      title: 'A plugin without a name is refused',
      request: post('/schemas/plugins/validate', { config: {} }),
      expect: { status: 400, body: { fields: { name: /./ } } },
    },
    {
      id: 'plugin-unknown',
      source: SPEC.kongRoutes,
      title: 'An unknown plugin is refused',
      request: post('/schemas/plugins/validate', { name: 'foo' }),
      expect: { status: 400, body: { fields: { name: /plugin 'foo' not enabled/ } } },
    },
    {
      id: 'canary',
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
