import { type Area, type Call, type Expectation, post, proxy, put } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'

const SETUP: readonly Call[] = [
  put('/services/shop', { host: '127.0.0.1', port: '{one}' }),
  put('/services/shop/routes/all', { paths: ['/'] }),
]

const limit = (config: Readonly<Record<string, unknown>>): readonly Call[] => [
  ...SETUP,
  post('/services/shop/plugins', { name: 'request-size-limiting', config }),
]

const TOO_LARGE: Expectation = {
  status: 413,
  body: { message: 'Request size limit exceeded' },
  upstream: null,
}

const LENGTH = { host: 'a.test', 'content-length': String(2 * 2 ** 20 + 1) }

/** How large a body may be. */
export const REQUEST_SIZE_LIMITING: Area = {
  name: 'request-size-limiting',
  title: 'Plugins: request-size-limiting',
  rows: [
    {
      id: 'small',
      source: SPEC.requestSizeLimiting,
      title: 'A body within the limit passes',
      given: limit({ allowed_payload_size: 2 }),
      request: proxy('POST /', { host: 'a.test', 'content-length': '0' }),
      expect: { status: 200, upstream: { name: 'one' } },
    },
    {
      id: 'large',
      source: SPEC.requestSizeLimiting,
      title: 'A body above the limit is refused with 413',
      given: limit({ allowed_payload_size: 2 }),
      request: proxy('POST /', LENGTH),
      expect: TOO_LARGE,
    },
    {
      id: 'large-kilobytes',
      source: SPEC.requestSizeLimiting,
      title: 'A kilobyte is 1024 bytes',
      given: limit({ allowed_payload_size: 1, size_unit: 'kilobytes' }),
      request: proxy('POST /', { host: 'a.test', 'content-length': '1025' }),
      expect: TOO_LARGE,
    },
    {
      id: 'expect',
      source: SPEC.requestSizeLimiting,
      title: 'With Expect: 100-continue a body above the limit is refused with 417',
      given: limit({ allowed_payload_size: 2 }),
      request: proxy('POST /', { ...LENGTH, expect: '100-continue' }),
      expect: { ...TOO_LARGE, status: 417 },
    },
    {
      id: 'require-length',
      source: SPEC.requestSizeLimiting,
      title: 'require_content_length refuses requests without Content-Length with 411',
      given: limit({ require_content_length: true }),
      request: proxy('GET /', { host: 'a.test' }),
      expect: {
        status: 411,
        body: { message: 'A valid Content-Length header is required' },
        upstream: null,
      },
    },
    {
      id: 'defaults',
      source: DOC.requestSizeLimiting,
      title: 'The limit is 128 megabytes unless told otherwise',
      given: limit({}),
      request: proxy('POST /', { host: 'a.test', 'content-length': String(128 * 2 ** 20 + 1) }),
      expect: TOO_LARGE,
    },
  ],
}
