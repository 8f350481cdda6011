import { type Area, get, post } from './conformance.ts'
import { DOC } from './sources.ts'

const FILE = `_format_version: "3.0"
services:
- name: shop
  host: shop.test
  routes:
  - name: cart
    paths: [/cart]
`

/** `/config`, which here also serves a gateway that has a database. */
export const CONFIG_ENDPOINT: Area = {
  name: 'config-endpoint',
  title: 'Admin API: /config',
  rows: [
    {
      id: 'post',
      source: DOC.adminApi,
      title: 'POST /config replaces the configuration by the file in the text `config`',
      given: [post('/services', { name: 'old', host: 'old.test' })],
      request: post('/config', { config: FILE }),
      expect: { status: 201 },
      afterwards: [
        { request: get('/services/old'), expect: { status: 404 } },
        { request: get('/services/shop/routes/cart'), expect: { status: 200 } },
      ],
    },
    {
      id: 'post-document',
      source: DOC.adminApi,
      title: 'POST /config takes the file as a JSON document',
      request: post('/config', {
        _format_version: '3.0',
        services: [{ name: 'shop', host: 'shop.test' }],
      }),
      expect: { status: 201 },
      afterwards: [{ request: get('/services/shop'), expect: { status: 200 } }],
    },
    {
      id: 'post-ids',
      source: DOC.adminApi,
      title: 'entities without an id get one that follows from their name',
      request: post('/config', { config: FILE }),
      expect: { status: 201 },
      afterwards: [
        {
          request: get('/services/shop'),
          expect: { status: 200, body: { id: /^[0-9a-f]{8}-[0-9a-f]{4}-5/ } },
        },
      ],
    },
    {
      id: 'post-invalid',
      source: DOC.adminApi,
      title: 'POST /config refuses a file with a wrong field whole',
      request: post('/config', {
        _format_version: '3.0',
        services: [{ name: 'shop' }, { name: 'cart', host: 'cart.test' }],
      }),
      expect: {
        status: 400,
        body: {
          code: 14,
          name: 'invalid declarative configuration',
          message: /^declarative config is invalid/,
          fields: { services: [{ host: 'required field missing' }] },
        },
      },
      afterwards: [{ request: get('/services/cart'), expect: { status: 404 } }],
    },
    {
      id: 'get',
      source: DOC.adminApi,
      title: 'GET /config gives the configuration as YAML in the text `config`',
      given: [post('/services', { name: 'shop', host: 'shop.test' })],
      request: get('/config'),
      expect: { status: 200, body: { config: /- name: shop\n {2}host: shop\.test/ } },
    },
  ],
}
