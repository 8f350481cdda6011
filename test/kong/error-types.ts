import { type Area, proxy, put, type Row } from './conformance.ts'
import { SPEC } from './sources.ts'

const DEAD = [
  put('/services/shop', { host: '127.0.0.1', port: '{dead}', retries: 0 }),
  put('/services/shop/routes/all', { paths: ['/'] }),
]
const MESSAGE = 'An invalid response was received from the upstream server'
const JSON_BODY = new RegExp(
  `^\\{\\s*"message":\\s*"${MESSAGE}",\\s*"request_id":\\s*"[0-9a-f]{32}"\\s*\\}$`,
)
const HTML_BODY = new RegExp(`<html\\b.*${MESSAGE}.*[0-9a-f]{32}.*</html>`, 's')
const XML_BODY = new RegExp(`<message>${MESSAGE}</message>.*[0-9a-f]{32}`, 's')
const PLAIN_BODY = new RegExp(`^${MESSAGE}\\nrequest_id: [0-9a-f]{32}\\n$`)

const CASES = [
  ['json', { accept: 'application/json' }, 'application/json; charset=utf-8', JSON_BODY],
  ['any', { accept: '*/*' }, 'application/json; charset=utf-8', JSON_BODY],
  ['vendor', { accept: 'application/vnd.own+json' }, 'application/json; charset=utf-8', JSON_BODY],
  ['html', { accept: 'text/html' }, 'text/html; charset=utf-8', HTML_BODY],
  ['xml', { accept: 'application/xml' }, 'application/xml; charset=utf-8', XML_BODY],
  ['plain', { accept: 'text/plain' }, 'text/plain; charset=utf-8', PLAIN_BODY],
  ['first', { accept: 'text/html, application/json;q=0.5' }, 'text/html; charset=utf-8', HTML_BODY],
  [
    'quality',
    { accept: 'text/html;q=0.3, application/json;q=0.9' },
    'application/json; charset=utf-8',
    JSON_BODY,
  ],
  [
    'content-type',
    { 'content-type': 'application/json' },
    'application/json; charset=utf-8',
    JSON_BODY,
  ],
] as const

/** The form of errors of the transport, as Accept asks. */
export const ERROR_TYPES: Area = {
  name: 'error-types',
  title: 'Proxy: the form of error bodies',
  rows: [
    ...CASES.map(
      ([id, headers, contentType, body]): Row => ({
        id,
        source: SPEC.errorType,
        title: `A 502 to a request with ${JSON.stringify(headers)} is ${contentType}`,
        given: DEAD,
        request: proxy('GET /', { host: 'a.test', ...headers }),
        expect: { status: 502, headers: { 'content-type': contentType }, exactly: body },
      }),
    ),
    {
      id: 'own-json',
      source: SPEC.errorHandlers,
      title: 'A 404 without Accept is JSON',
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 404, headers: { 'content-type': 'application/json; charset=utf-8' } },
    },
    {
      id: 'own-html',
      source: SPEC.errorHandlers,
      title: 'A 404 to a request for HTML is HTML',
      request: proxy('GET /', { host: 'a.test', accept: 'text/html' }),
      expect: {
        status: 404,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        exactly: /<html\b.*no Route matched with those values/s,
      },
    },
  ],
}
