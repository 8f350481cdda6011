import { type Area, get, head, post, put } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ANY_UUID, NOT_ALLOWED } from './values.ts'

/** What a node says about itself. */
export const INFORMATION: Area = {
  name: 'information',
  title: 'Admin API: root and status',
  rows: [
    {
      id: 'root',
      source: SPEC.kongRoutes,
      title: 'GET / names version, edition, host and node',
      request: get('/'),
      expect: {
        status: 200,
        body: {
          version: /^3\.\d+\.\d+$/,
          edition: 'community',
          hostname: /./,
          node_id: ANY_UUID,
          tagline: 'Welcome to kong',
        },
      },
    },
    {
      id: 'root-version-deck',
      source: DOC.deck,
      title: 'The version is one for which decK writes format 3.0 and consumer groups',
      request: get('/'),
      expect: { status: 200, body: { version: /^3\.([4-9]|\d\d)\./ } },
    },
    {
      id: 'root-configuration',
      source: SPEC.kongRoutes,
      title: 'GET / shows the configuration that clients choose their features by',
      request: get('/'),
      expect: {
        status: 200,
        body: {
          configuration: { database: /./, router_flavor: 'traditional_compatible', role: /./ },
        },
      },
    },
    {
      id: 'root-plugins',
      source: SPEC.kongRoutes,
      title: 'GET / lists the available plugins with version and priority',
      request: get('/'),
      expect: {
        status: 200,
        body: {
          plugins: {
            available_on_server: {
              acl: { version: /./, priority: 950 },
              canary: { version: /./, priority: 20 },
              'request-size-limiting': { version: /./, priority: 951 },
              'key-auth': { version: /./, priority: 1250 },
            },
          },
        },
      },
    },
    {
      id: 'root-plugins-enabled',
      source: SPEC.kongRoutes,
      title: 'GET / lists each plugin that is in use once',
      given: [
        post('/services', { name: 'shop', host: 'a.test' }),
        post('/plugins', { name: 'key-auth' }),
        post('/services/shop/plugins', { name: 'key-auth' }),
      ],
      request: get('/'),
      expect: { status: 200, body: { plugins: { enabled_in_cluster: ['key-auth'] } } },
    },
    {
      id: 'root-plugins-none',
      source: SPEC.kongRoutes,
      title: 'GET / lists no plugin in use as an empty array',
      request: get('/'),
      expect: { status: 200, exactly: /"enabled_in_cluster":\[\]/ },
    },
    {
      id: 'root-processes',
      source: SPEC.kongRoutes,
      title: 'GET / shows timers and process ids',
      request: get('/'),
      expect: {
        status: 200,
        body: { timers: { running: /^\d+$/, pending: /^\d+$/ }, pids: { master: /^\d+$/ } },
      },
    },
    {
      id: 'root-head',
      source: SPEC.adminGeneral,
      title: 'HEAD / answers as GET does, without a body',
      request: head('/'),
      expect: {
        status: 200,
        exactly: '',
        headers: { 'content-type': 'application/json; charset=utf-8' },
      },
    },
    {
      id: 'root-post',
      source: SPEC.adminGeneral,
      title: 'POST / is not allowed',
      request: post('/'),
      expect: NOT_ALLOWED,
    },
    {
      id: 'latency',
      source: SPEC.serverTokens,
      title: 'Answers carry the latency of the Admin API in milliseconds',
      request: get('/'),
      expect: { status: 200, headers: { 'x-kong-admin-latency': /^\d+$/ } },
    },
    {
      id: 'latency-error',
      source: SPEC.serverTokens,
      title: 'Errors carry it too',
      request: get('/services/none'),
      expect: { status: 404, headers: { 'x-kong-admin-latency': /^\d+$/ } },
    },
    {
      id: 'server',
      source: DOC.adminApi,
      title: 'Answers name the server',
      request: get('/services'),
      expect: { status: 200, headers: { server: /^[\w-]+\/\d+\.\d+/ } },
    },
    {
      id: 'content-type',
      source: SPEC.adminGeneral,
      title: 'Answers are JSON in UTF-8',
      request: get('/services'),
      expect: { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } },
    },
    {
      id: 'integer-times',
      source: DOC.deck,
      title: 'Timestamps are JSON integers of seconds',
      given: [put('/services/shop', { host: 'a.test' })],
      request: get('/services/shop'),
      expect: { status: 200, exactly: /"created_at":\d{10},"updated_at":\d{10}[,}]/ },
    },
    {
      id: 'nulls-shown',
      source: SPEC.services,
      title: 'Fields that are not set are shown as null',
      given: [put('/services/shop', { host: 'a.test' })],
      request: get('/services/shop'),
      expect: { status: 200, exactly: /"path":null/ },
    },
    {
      id: 'status',
      source: SPEC.kongRoutes,
      title: 'GET /status counts connections and requests',
      request: get('/status'),
      expect: {
        status: 200,
        body: {
          server: {
            connections_accepted: /^\d+$/,
            connections_active: /^\d+$/,
            connections_handled: /^\d+$/,
            connections_reading: /^\d+$/,
            connections_writing: /^\d+$/,
            connections_waiting: /^\d+$/,
            total_requests: /^\d+$/,
          },
        },
      },
    },
    {
      id: 'status-database',
      source: SPEC.kongRoutes,
      title: 'GET /status says whether the database is reachable',
      request: get('/status'),
      expect: { status: 200, body: { database: { reachable: true } } },
    },
    {
      id: 'status-memory',
      source: SPEC.kongRoutes,
      title: 'GET /status shows memory in MiB',
      request: get('/status'),
      expect: {
        status: 200,
        body: {
          memory: {
            lua_shared_dicts: {},
            workers_lua_vms: [{ pid: /^\d+$/, http_allocated_gc: /^\d+\.\d{2} MiB$/ }],
          },
        },
      },
    },
    {
      id: 'status-unit',
      source: SPEC.kongRoutes,
      title: 'unit=k shows memory in KiB',
      request: get('/status?unit=k'),
      expect: {
        status: 200,
        body: { memory: { workers_lua_vms: [{ http_allocated_gc: /^\d+\.\d{2} KiB$/ }] } },
      },
    },
    {
      id: 'status-scale',
      source: SPEC.kongRoutes,
      title: 'scale=4 shows four decimals',
      request: get('/status?unit=m&scale=4'),
      expect: {
        status: 200,
        body: { memory: { workers_lua_vms: [{ http_allocated_gc: /^\d+\.\d{4} MiB$/ }] } },
      },
    },
    {
      id: 'status-unit-gibibytes',
      source: SPEC.kongRoutes,
      title: 'unit=g shows memory in GiB',
      request: get('/status?unit=g'),
      expect: {
        status: 200,
        body: { memory: { workers_lua_vms: [{ http_allocated_gc: /^\d+\.\d{2} GiB$/ }] } },
      },
    },
    {
      id: 'status-head',
      source: SPEC.kongRoutes,
      title: 'HEAD /status answers 200',
      request: head('/status'),
      expect: { status: 200, exactly: '' },
    },
    {
      id: 'status-post',
      source: SPEC.adminGeneral,
      title: 'POST /status is not allowed',
      request: post('/status'),
      expect: NOT_ALLOWED,
    },
  ],
}
