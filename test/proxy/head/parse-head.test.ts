import { describe, expect, test } from 'vitest'
import { allValues } from '../../../src/model/request.ts'
import { SETTINGS_SCHEMA } from '../../../src/model/settings.ts'
import { compileTrust } from '../../../src/proxy/head/client-address.ts'
import { type HeadVerdict, parseHead, type RawHead } from '../../../src/proxy/head/parse-head.ts'
import { limitsOf } from '../../../src/proxy/limits.ts'
import { HOST, rawHead, withFields } from '../../support/raw-head.ts'

const LIMITS = limitsOf(SETTINGS_SCHEMA.parse({}))
const NOBODY = compileTrust({ trusted_ips: [], real_ip_header: 'X-Real-IP' })
const BALANCER = compileTrust({ trusted_ips: ['10.0.0.1'], real_ip_header: 'X-Forwarded-For' })

describe('an accepted head', () => {
  test('becomes plain data: names lower-case, values and order as sent', () => {
    const request = accepted({
      method: 'POST',
      target: '/a/./b%7e?x=%zz&y',
      rawHeaders: [
        'HOST',
        'A.Example:8080',
        'X-One',
        '1',
        'Content-Length',
        '5',
        'x-ONE',
        'two, 3',
      ],
    })
    expect(request).toEqual({
      method: 'POST',
      path: '/a/b~',
      rawPath: '/a/./b%7e',
      query: '?x=%zz&y',
      httpVersion: '1.1',
      host: 'a.example',
      port: 8080,
      authority: 'A.Example:8080',
      scheme: 'http',
      fields: {
        names: ['host', 'x-one', 'content-length', 'x-one'],
        values: ['A.Example:8080', '1', '5', 'two, 3'],
      },
      body: { kind: 'length', bytes: 5 },
      peerAddress: '192.0.2.9',
      clientAddress: '192.0.2.9',
      isPeerTrusted: false,
      listenerPort: 8000,
    })
  })

  test('has the default port of its scheme where the client named none', () => {
    expect(accepted({}).port).toBe(80)
    expect(accepted({ isTls: true })).toMatchObject({ port: 443, scheme: 'https' })
  })

  test('may come without Host on HTTP/1.0', () => {
    expect(accepted({ httpVersion: '1.0', rawHeaders: [] })).toMatchObject({
      host: '',
      port: 80,
      authority: '',
      httpVersion: '1.0',
    })
  })

  test.each([
    ['/', '/', ''],
    ['/?', '/', '?'],
    ['/a?b?c', '/a', '?b?c'],
    ['/a%2Fb;v=1?%00', '/a%2Fb;v=1', '?%00'],
    ['//a', '/a', ''],
    ['/../../etc/passwd', '/etc/passwd', ''],
    ['/a:b@c', '/a:b@c', ''],
  ])('target %s is path %s and query %j', (target, path, query) => {
    expect(accepted({ target })).toMatchObject({ path, query })
  })

  test('may use a method nobody knows', () => {
    expect(accepted({ method: 'PURGE' }).method).toBe('PURGE')
    expect(accepted({ method: 'get' }).method).toBe('get')
  })

  test('may ask for the server as a whole with OPTIONS', () => {
    expect(accepted({ method: 'OPTIONS', target: '*' })).toMatchObject({ path: '*', rawPath: '*' })
    const absolute = { method: 'OPTIONS', target: 'http://a.example' }
    expect(accepted(absolute)).toMatchObject({ path: '*', host: 'a.example' })
  })

  test('may hold bytes above 0x7f and tabs in values', () => {
    const request = accepted({ rawHeaders: [...HOST, 'X-A', 'caf\xe9\tx', 'X-B', ''] })
    expect(request.fields.values).toEqual(['a.example', 'caf\xe9\tx', ''])
  })

  test('tells that the client waits for a 100, except on HTTP/1.0', () => {
    const rawHeaders = [...HOST, 'Expect', '100-Continue']
    expect(verdict({ rawHeaders })).toMatchObject({ expectsContinue: true })
    expect(verdict({ rawHeaders, httpVersion: '1.0' })).toMatchObject({ expectsContinue: false })
    expect(verdict({})).toMatchObject({ expectsContinue: false })
  })
})

describe('the absolute form', () => {
  test.each([
    ['http://b.example/x?y', ['Host', 'b.example'], 'b.example', 80, '/x', '?y'],
    ['HTTP://B.example:8080/x', ['Host', 'b.EXAMPLE:8080'], 'b.example', 8080, '/x', ''],
    ['http://b.example:80/', ['Host', 'b.example'], 'b.example', 80, '/', ''],
    ['http://b.example', ['Host', 'b.example'], 'b.example', 80, '/', ''],
    ['http://b.example?a/b', ['Host', 'b.example'], 'b.example', 80, '/', '?a/b'],
    ['http://[::1]:9/x', ['Host', '[::1]:9'], '[::1]', 9, '/x', ''],
  ])('%s decides the site', (target, rawHeaders, host, port, path, query) => {
    const request = accepted({ target, rawHeaders })
    expect(request).toMatchObject({ host, port, path, query })
    const authority = target.slice(7).split(/[/?]/, 1)[0]
    expect(request.authority).toBe(authority)
    expect(allValues(request.fields, 'host')).toEqual([authority])
  })

  test('needs no Host on HTTP/1.0', () => {
    const head = { target: 'http://b.example/', rawHeaders: [], httpVersion: '1.0' }
    expect(accepted(head)).toMatchObject({ host: 'b.example', authority: 'b.example' })
  })

  test('may say https where the connection, or a trusted peer, does', () => {
    expect(accepted({ target: 'https://a.example/', isTls: true }).port).toBe(443)
    const rawHeaders = [...HOST, 'X-Forwarded-Proto', 'https']
    const head = { target: 'https://a.example/', rawHeaders, peerAddress: '10.0.0.1' }
    expect(parseHead(rawHead(head), BALANCER, LIMITS)).toMatchObject({
      request: { scheme: 'https' },
    })
  })
})

describe('the framing of the body', () => {
  test.each([
    [[], { kind: 'none' }],
    [['Content-Length', '0'], { kind: 'length', bytes: 0 }],
    [['Content-Length', '9007199254740991'], { kind: 'length', bytes: Number.MAX_SAFE_INTEGER }],
    [['Transfer-Encoding', 'chunked'], { kind: 'chunked' }],
    [['transfer-encoding', 'Chunked'], { kind: 'chunked' }],
  ])('%j is %j', (rawHeaders, body) => {
    expect(accepted({ rawHeaders: [...HOST, ...rawHeaders] }).body).toEqual(body)
  })

  test.each([
    ['0005', 5],
    ['00', 0],
    [`${'0'.repeat(400)}7`, 7],
  ])('the length %s becomes one canonical number', (length, bytes) => {
    const request = accepted(withFields('Content-Length', length))
    expect(request.body).toEqual({ kind: 'length', bytes })
    expect(allValues(request.fields, 'content-length')).toEqual([String(bytes)])
  })
})

function verdict(parts: Partial<RawHead>): HeadVerdict {
  return parseHead(rawHead(parts), NOBODY, LIMITS)
}

function accepted(head: Partial<RawHead>) {
  const judged = verdict(head)
  if (judged.kind === 'refused') throw new Error(`refused: ${judged.reason}`)
  return judged.request
}
