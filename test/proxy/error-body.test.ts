import { describe, expect, it } from 'vitest'
import { errorBody } from '../../src/proxy/error-body.ts'

const FACTS = { message: 'a < b & c', requestId: 'abc' }

describe('the body of an answer of the gateway', () => {
  it.each([
    [null, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['APPLICATION/JSON', 'application/json'],
    ['text/html', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['application/xml', 'application/xml'],
    ['text/plain', 'text/plain'],
    ['text/*', 'text/plain'],
    ['text/html;q=0.1, application/json', 'application/json'],
    ['text/html;q=0, */*', 'application/json'],
    ['application/json;q=0.5, text/plain;q=0.5', 'application/json'],
    ['image/png', 'application/json'],
    ['text/html;q=nonsense', 'application/json'],
    ['', 'application/json'],
    [',;,', 'application/json'],
  ])('has for Accept %j the type %s', (accept, type) => {
    expect(errorBody(FACTS, accept).contentType).toBe(`${type}; charset=utf-8`)
  })

  it('carries message and request id in each form, escaped', () => {
    expect(JSON.parse(errorBody(FACTS, null).text)).toEqual({
      message: FACTS.message,
      request_id: 'abc',
    })
    expect(errorBody(FACTS, 'text/plain').text).toBe('a < b & c\nrequest_id: abc\n')
    for (const accept of ['text/html', 'application/xml']) {
      expect(errorBody(FACTS, accept).text).toContain('a &lt; b &amp; c')
      expect(errorBody(FACTS, accept).text).toContain('abc')
    }
  })
})
