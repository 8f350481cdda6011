import { type Area, proxy, put } from './conformance.ts'
import { DOC } from './sources.ts'
import { ID } from './values.ts'

const SHOP = [
  put(`/services/${ID.a}`, { name: 'shop', host: '127.0.0.1', port: '{one}' }),
  put(`/routes/${ID.b}`, { name: 'all', paths: ['/'], service: { id: ID.a } }),
]
const HIDDEN = {
  'kong-route-id': null,
  'kong-route-name': null,
  'kong-service-id': null,
  'kong-service-name': null,
} as const

/** Answers that name route and service, on a gateway where this was switched on. */
export const DEBUG_HEADER: Area = {
  name: 'debug-header',
  title: 'Proxy: the debug header',
  settings: { allow_debug_header: 'on' },
  rows: [
    {
      id: 'asked',
      source: DOC.configuration,
      title: 'Kong-Debug: 1 is answered with ids and names of route and service',
      given: SHOP,
      request: proxy('GET /', { host: 'a.test', 'kong-debug': '1' }),
      expect: {
        status: 200,
        headers: {
          'kong-route-id': ID.b,
          'kong-route-name': 'all',
          'kong-service-id': ID.a,
          'kong-service-name': 'shop',
        },
      },
    },
    {
      id: 'not-asked',
      source: DOC.configuration,
      title: 'Without Kong-Debug nothing is told',
      given: SHOP,
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 200, headers: HIDDEN },
    },
    {
      id: 'upstream',
      source: DOC.proxy,
      title: 'Fields of the same names from the upstream are not believed',
      given: SHOP,
      upstreamAnswer: { headers: [['Kong-Route-Id', 'forged']] },
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 200, headers: HIDDEN },
    },
  ],
}
