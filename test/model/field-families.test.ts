import { describe, expect, test } from 'vitest'
import { hasOwnMeaning } from '../../src/model/field-families.ts'

const MEANINGFUL = [
  'Accept Accept-Encoding Access-Control-Allow-Origin Age Allow apikey Authorization Cache-Control Connection',
  'Content-Encoding Content-Length Content-Security-Policy Content-Type Cookie Date ETag Expect Expires Forwarded',
  'Host HTTP2-Settings If-Match Keep-Alive Kong-Debug Last-Modified Link Location Origin Pragma Proxy',
  'Proxy-Authorization Proxy-Connection Range Referer Retry-After Sec-WebSocket-Key Server Set-Cookie SOAPAction TE',
  'traceparent Trailer Transfer-Encoding Upgrade User-Agent Vary Via WWW-Authenticate X-Accel-Redirect',
  'X-Anonymous-Consumer X-Consumer-ID x-consumer-groups X-Credential-Identifier X-Forwarded-For X-Forwarded-Path',
  'X-Kong-Request-Id X-Real-IP X-Request-Id X_Real_IP content_length __proto__',
]
  .join(' ')
  .split(' ')

describe('a field that has a meaning of its own', () => {
  test.each(MEANINGFUL)('is %s', (name) => expect(hasOwnMeaning(name)).toBe(true))

  test.each([
    'Canary-Variant',
    'canary-side',
    'X-Variant',
    'X-Version',
    'X-Shop-Release',
    'Version',
  ])('is not %s', (name) => expect(hasOwnMeaning(name)).toBe(false))
})
