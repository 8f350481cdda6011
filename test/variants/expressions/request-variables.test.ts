import { describe, expect, it } from 'vitest'
import { NOBODY } from '../../../src/model/identity.ts'
import { compileRequestExpression } from '../../../src/variants/expressions/request-expression.ts'
import { hasForm, type RequestFacts } from '../../../src/variants/expressions/request-facts.ts'
import { requestVariable } from '../../../src/variants/expressions/request-variables.ts'
import { parsedRequest } from '../../support/parsed-request.ts'

type Parts = Parameters<typeof parsedRequest>[0]

function factsOf(parts: Parts, others: Partial<RequestFacts> = {}): RequestFacts {
  return {
    request: parsedRequest(parts),
    identity: NOBODY,
    consumerGroup: null,
    route: null,
    service: null,
    formBody: null,
    ...others,
  }
}

function read(name: string, facts: RequestFacts): unknown {
  const variable = requestVariable(name)
  if (variable.kind === 'refused') throw new Error(variable.reason)
  return variable.read(facts)
}

const FORM: Parts = {
  method: 'POST',
  body: { kind: 'length', bytes: 40 },
  headers: [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']],
}

describe('a variable of a request', () => {
  it.each<[name: string, parts: Parts, expected: unknown]>([
    ['http_x_env', { headers: [['X-Env', 'green']] }, 'green'],
    ['http_x-env', { headers: [['X-Env', 'green']] }, 'green'],
    ['http_X_ENV', { headers: [['X-Env', 'green']] }, 'green'],
    ['http_x_env', { headers: [['X_Env', 'green']] }, 'green'],
    [
      'http_x_env',
      {
        headers: [
          ['X-Env', 'a'],
          ['Y', 'b'],
          ['X_Env', 'c'],
        ],
      },
      'a, c',
    ],
    ['http_x_env', { headers: [['X-Env', '']] }, ''],
    [
      'http_x_env',
      {
        headers: [
          ['X-Envy', 'a'],
          ['X-En', 'b'],
        ],
      },
      undefined,
    ],
    ['http_x', { headers: [['X', Buffer.from('é').toString('latin1')]] }, 'é'],
    ['http_host', { headers: [['Host', 'Shop.example:81']] }, 'Shop.example:81'],
    [
      'http_cookie',
      {
        headers: [
          ['Cookie', 'a=1'],
          ['Cookie', 'b=2'],
        ],
      },
      'a=1; b=2',
    ],
    ['http_', {}, undefined],
    ['arg_v', { query: '?v=1&v=2' }, '1'],
    ['arg_v', { query: '?v=a%20b+c' }, 'a b c'],
    ['arg_v', { query: '?v=' }, ''],
    ['arg_v', { query: '?v' }, true],
    ['arg_v', { query: '?V=1' }, undefined],
    ['arg_v', { query: '' }, undefined],
    ['arg_foo-bar', { query: '?foo-bar=1' }, '1'],
    ['arg_foo_bar', { query: '?foo-bar=1' }, undefined],
    ['cookie_side', { headers: [['Cookie', 'theme=dark; side=green']] }, 'green'],
    [
      'cookie_side',
      {
        headers: [
          ['Cookie', 'a=1'],
          ['Cookie', 'side=green'],
        ],
      },
      'green',
    ],
    ['cookie_Side', { headers: [['Cookie', 'side=green']] }, undefined],
    ['cookie_a.b[c]-d', { headers: [['Cookie', 'a.b[c]-d=1']] }, '1'],
    ['cookie_side', { headers: [['Cookie', 'side=']] }, ''],
    ['cookie_side', {}, undefined],
    ['uri', { path: '/a', query: '?b=1' }, '/a'],
    ['uri', { path: '/caf%C3%A9+1%2B' }, '/café+1+'],
    ['request_uri', { path: '/a%20b', query: '?c=%20' }, '/a b?c=%20'],
    ['request_uri', { path: '/a', query: '?' }, '/a'],
    ['real_request_uri', { path: '/a', rawPath: '/x/../a', query: '?' }, '/x/../a?'],
    ['args', { query: '?a=1' }, 'a=1'],
    ['query_string', { query: '?' }, ''],
    ['args', { query: '' }, undefined],
    ['is_args', { query: '?a=1' }, '?'],
    ['is_args', { query: '?' }, ''],
    ['request_method', { method: 'PUT' }, 'PUT'],
    ['method', { method: 'PUT' }, 'PUT'],
    ['host', { host: 'shop.example' }, 'shop.example'],
    ['host', { host: '' }, undefined],
    ['scheme', { scheme: 'https' }, 'https'],
    ['remote_addr', { clientAddress: '192.0.2.7', peerAddress: '10.0.0.1' }, '192.0.2.7'],
    ['realip_remote_addr', { clientAddress: '192.0.2.7', peerAddress: '10.0.0.1' }, '10.0.0.1'],
    ['server_port', { listenerPort: 8443, port: 443 }, '8443'],
    ['server_protocol', { httpVersion: '1.0' }, 'HTTP/1.0'],
    ['server_protocol', {}, 'HTTP/1.1'],
    ['ssl_server_name', { sni: 'shop.example' }, 'shop.example'],
    ['ssl_server_name', {}, undefined],
    ['content_length', { headers: [['Content-Length', '40']] }, '40'],
    ['content_type', { headers: [['Content-Type', 'text/plain']] }, 'text/plain'],
    ['consumer_name', {}, undefined],
    ['consumer_group', {}, undefined],
    ['consumer_group_id', {}, undefined],
    ['route_id', {}, undefined],
    ['service_name', {}, undefined],
    ['balancer_ip', {}, undefined],
    ['no_such_thing', {}, undefined],
    ['constructor', {}, undefined],
    ['', {}, undefined],
  ])('%s of %j is %j', (name, parts, expected) => {
    expect(read(name, factsOf(parts))).toBe(expected)
  })

  it('may be what is known beside the request', () => {
    const consumer = { id: 'c', username: 'anna', custom_id: null, tags: null, created_at: 1 }
    const facts = factsOf(
      {},
      {
        identity: { ...NOBODY, consumer: { ...consumer, updated_at: 1 } },
        consumerGroup: { id: 'g1', name: 'testers' },
        route: { id: 'r1', name: 'checkout' },
        service: { id: 's1', name: null },
      },
    )
    const names = [
      ...['consumer_name', 'consumer_group', 'consumer_group_id'],
      ...['route_id', 'route_name', 'service_id', 'service_name'],
    ]
    expect(names.map((name) => read(name, facts))).toEqual([
      ...['anna', 'testers', 'g1'],
      ...['r1', 'checkout', 's1', undefined],
    ])
  })

  it.each<[name: string, parts: Parts, formBody: string | null, expected: unknown]>([
    ['post_arg_v', FORM, 'a=1&v=x%20y+z&v=2', 'x y z'],
    ['post_arg_v', FORM, 'v', true],
    ['post_arg_v', FORM, 'v=', ''],
    ['post_arg_v', FORM, '', undefined],
    ['post_arg_v', FORM, null, undefined],
    ['post_arg_v', { ...FORM, headers: [['Content-Type', 'text/plain']] }, 'v=1', undefined],
    ['post_arg_v', { ...FORM, headers: [] }, 'v=1', undefined],
    ['post_arg_v', { ...FORM, query: '?v=1' }, 'w=1', undefined],
    ['arg_v', FORM, 'v=1', undefined],
  ])('%s of a form (%#) is %j', (name, parts, formBody, expected) => {
    expect(read(name, factsOf(parts, { formBody }))).toBe(expected)
  })
})

describe('whether an expression needs the body', () => {
  it.each<[vars: unknown, variable: string | null]>([
    [[['post_arg_v', '==', '1']], 'post_arg_v'],
    [['OR', ['arg_v', '==', '1'], [[['post_arg_v', '!', 'in', ['1']]]]], 'post_arg_v'],
    [[['arg_v', '==', 'post_arg_v']], null],
    [[], null],
  ])('%j: for %s', (vars, variable) => {
    expect(compileRequestExpression(vars).formVariable).toBe(variable)
  })

  it.each<[parts: Parts, is: boolean]>([
    [FORM, true],
    [{ ...FORM, headers: [['Content-Type', 'APPLICATION/x-www-form-urlencoded']] }, true],
    [{ ...FORM, body: { kind: 'chunked' } }, true],
    [{ ...FORM, body: { kind: 'none' } }, false],
    [{ ...FORM, headers: [['Content-Type', 'application/json']] }, false],
    [{ ...FORM, headers: [] }, false],
  ])('only a form is read (%#): %s', (parts, is) => {
    expect(hasForm(parsedRequest(parts))).toBe(is)
  })
})
