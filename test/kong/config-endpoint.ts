import { type Area, get, post } from './conformance.ts'
import { DOC } from './sources.ts'

const REFUSED = {
  status: 400,
  body: {
    message: 'this endpoint is only available when Kong is configured to not use a database',
  },
} as const

/** `/config` of a gateway that has a database. */
export const CONFIG_ENDPOINT: Area = {
  name: 'config-endpoint',
  title: 'Admin API: /config',
  rows: [
    {
      id: 'get',
      source: DOC.adminApi,
      title: 'GET /config is refused by a gateway with a database',
      request: get('/config'),
      expect: REFUSED,
    },
    {
      id: 'post',
      source: DOC.adminApi,
      title: 'POST /config is refused by a gateway with a database',
      request: post('/config', { _format_version: '3.0' }),
      expect: REFUSED,
    },
  ],
}
