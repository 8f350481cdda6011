import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, type Answer, startAdmin } from './admin-harness.ts'

const MIB = 1024 * 1024
const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
  await admin.call('POST', '/services', { json: { name: 'shop', host: 'a.test' } })
})
afterEach(() => admin.close())

/** What the configuration is, to see that nothing of it changed. */
async function configuration(): Promise<unknown> {
  const { version, rows } = await admin.store.load()
  return { version, rows, served: admin.snapshot().version }
}

async function refused(raw: string | Buffer, headers: Record<string, string>): Promise<Answer> {
  const before = await configuration()
  const answer = await admin.call('PATCH', '/services/shop', { raw, headers })
  expect(await configuration()).toEqual(before)
  expect((await admin.call('GET', '/services/shop')).status).toBe(200)
  expect(admin.logged).toEqual([])
  return answer
}

const CANNOT_PARSE = { message: 'Cannot parse JSON body' }
const accept = (reason: string) => ({ message: `Cannot accept the body: ${reason}` })

it.each([
  ['broken JSON', '{"host":', JSON_TYPE, 400, CANNOT_PARSE],
  ['an empty JSON body', '', JSON_TYPE, 400, CANNOT_PARSE],
  ['a JSON list', '[]', JSON_TYPE, 400, { message: 'Cannot parse JSON body: expected an object' }],
  ['a JSON number', '1', JSON_TYPE, 400, { message: 'Cannot parse JSON body: expected an object' }],
  ['JSON null', 'null', JSON_TYPE, 400, { message: 'Cannot parse JSON body: expected an object' }],
  [
    'deep nesting',
    `{"tags":${'['.repeat(64)}${']'.repeat(64)}}`,
    JSON_TYPE,
    400,
    accept('it is nested more than 64 levels deep'),
  ],
  [
    'very deep nesting',
    `{"a":${'['.repeat(MIB)}${']'.repeat(MIB)}}`,
    JSON_TYPE,
    400,
    accept('it is nested more than 64 levels deep'),
  ],
  [
    'deep nesting in a form',
    `a${'[b]'.repeat(64)}=1`,
    FORM_TYPE,
    400,
    accept('it is nested more than 64 levels deep'),
  ],
  [
    'too many values',
    `{"tags":[${'1,'.repeat(10_000)}1]}`,
    JSON_TYPE,
    400,
    accept('it holds more than 10000 values'),
  ],
  [
    'too many fields in a form',
    'a&'.repeat(10_000),
    FORM_TYPE,
    400,
    accept('it holds more than 10000 values'),
  ],
  [
    'a key without end',
    `{"${'k'.repeat(9 * MIB)}":1}`,
    JSON_TYPE,
    400,
    accept('a key is longer than 8192 characters'),
  ],
  [
    '__proto__',
    '{"__proto__":{"host":"b.test"}}',
    JSON_TYPE,
    400,
    accept("the key '__proto__' is not allowed"),
  ],
  [
    'constructor, nested',
    '{"x":[{"constructor":1}]}',
    JSON_TYPE,
    400,
    accept("the key 'constructor' is not allowed"),
  ],
  ['prototype', '{"prototype":1}', JSON_TYPE, 400, accept("the key 'prototype' is not allowed")],
  [
    '__proto__ in a form',
    '__proto__[host]=b.test',
    FORM_TYPE,
    400,
    accept("the key '__proto__' is not allowed"),
  ],
  [
    'constructor in a form',
    'constructor.prototype.host=b.test',
    FORM_TYPE,
    400,
    accept("the key 'constructor' is not allowed"),
  ],
  ['NUL in a value', '{"name":"a\\u0000b"}', JSON_TYPE, 400, accept('it contains a NUL character')],
  ['NUL in a key', '{"a\\u0000":1}', JSON_TYPE, 400, accept('it contains a NUL character')],
  ['a NUL byte', '{"name":"\0"}', JSON_TYPE, 400, CANNOT_PARSE],
  ['NUL in a form', 'name=a%00b', FORM_TYPE, 400, accept('it contains a NUL character')],
  [
    'half a surrogate pair',
    '{"name":"\\ud800"}',
    JSON_TYPE,
    400,
    accept('it contains half of a surrogate pair'),
  ],
  [
    'bytes in a form that are not UTF-8',
    'name=%ff%fe',
    FORM_TYPE,
    400,
    accept("the value of 'name' is not valid UTF-8"),
  ],
  [
    'bytes that are not UTF-8',
    Buffer.from([0x7b, 0xff, 0x7d]),
    JSON_TYPE,
    400,
    { message: 'the body is not valid UTF-8' },
  ],
] as const)('%s: refused, nothing changed', async (_, raw, headers, status, json) => {
  const answer = await refused(raw, headers)
  expect([answer.status, answer.json]).toEqual([status, json])
})

it.each([
  ['text/plain', { 'content-type': 'text/plain' }, "the Content-Type is 'text/plain'"],
  [
    'multipart of another kind',
    { 'content-type': 'multipart/mixed; boundary=x' },
    "the Content-Type is 'multipart/mixed; boundary=x'",
  ],
  [
    'an unknown type',
    { 'content-type': 'application/x-made-up' },
    "the Content-Type is 'application/x-made-up'",
  ],
  ['nonsense', { 'content-type': ';;' }, "the Content-Type is ';;'"],
  ['no type', {}, 'the body has no Content-Type'],
  [
    'a compressed body',
    { ...JSON_TYPE, 'content-encoding': 'gzip' },
    "the Content-Encoding is 'gzip'",
  ],
])('%s: 415 that says what was sent', async (_, headers, what) => {
  const answer = await refused('{"host":"b.test"}', headers as Record<string, string>)
  expect([answer.status, answer.json.message]).toEqual([415, expect.stringContaining(what)])
})

it('takes a content type with parameters in any case', async () => {
  const answer = await admin.call('PATCH', '/services/shop', {
    raw: '{"retries":1}',
    headers: { 'content-type': 'Application/JSON; charset=utf-8' },
  })
  expect(answer.status).toBe(200)
})

it('names a wrong field and changes nothing', async () => {
  const answer = await refused('{"retries":1,"hots":"b.test"}', JSON_TYPE)
  expect([answer.status, answer.json.fields]).toEqual([
    400,
    { hots: 'unknown field (did you mean "host"?)' },
  ])
})

it.each([
  ['name', 'x'],
  ['host', 'x.'],
  ['path', '/x'],
])(
  'a %s of 100 000 characters is refused for its length, without being repeated',
  async (field, part) => {
    const value = part.repeat(100_000 / part.length)
    const form = await refused(new URLSearchParams({ [field]: value }).toString(), FORM_TYPE)
    const answer = await refused(JSON.stringify({ [field]: value }), JSON_TYPE)
    expect([answer.status, answer.json.fields]).toEqual([
      400,
      { [field]: 'length must be at most 8192' },
    ])
    expect(form.json).toEqual(answer.json)
  },
)

it.each([
  ['JSON', `{"name":"${'x'.repeat(9 * MIB)}"}`, JSON_TYPE],
  ['a form', `name=${'x'.repeat(9 * MIB)}`, FORM_TYPE],
  [
    'a multipart form',
    `--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n${'x'.repeat(9 * MIB)}\r\n--x--`,
    { 'content-type': 'multipart/form-data; boundary=x' },
  ],
] as const)(
  'a text of 9 MB in %s is refused before anything is made of it',
  async (_, raw, headers) => {
    const answer = await refused(raw, headers)
    expect([answer.status, answer.json]).toEqual([
      400,
      accept('a text is longer than 65536 characters'),
    ])
  },
)

it('reports as many wrong values as it takes', async () => {
  const tags = Array.from({ length: 1_000 }, (_, i) => `tag-${i}`)
  const answer = await admin.call('PATCH', '/services/shop', { json: { tags } })
  expect([answer.status, answer.json.tags]).toEqual([200, tags])
  const wrong = await refused(JSON.stringify({ tags: tags.map(() => 1) }), JSON_TYPE)
  expect(wrong.json.message).toMatch(/^1000 schema violations \(tags\.1: expected a string; /)
})

describe('a body of 20 MB', () => {
  const body = Buffer.alloc(20_000_000, 'x')

  /** Sends on a connection that is kept, then asks for something on the same one. */
  async function sendAndAskAgain(headers: Record<string, string | number>) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const send = (method: string, payload: Buffer | null) =>
      new Promise<{ response: IncomingMessage; text: string; port: number | undefined }>(
        (resolve, reject) => {
          const request = httpRequest({
            host: '127.0.0.1',
            port: admin.port,
            agent,
            method,
            path: '/services/shop',
            headers: payload === null ? {} : { ...JSON_TYPE, ...headers },
          })
          request.on('error', reject)
          request.on('response', (response) => {
            let text = ''
            response.setEncoding('utf8')
            response.on('data', (chunk: string) => (text += chunk))
            response.on('end', () => resolve({ response, text, port: request.socket?.localPort }))
          })
          if (payload === null) request.end()
          else request.end(payload)
        },
      )
    const refusal = await send('PATCH', body)
    const next = await send('GET', null)
    agent.destroy()
    return { refusal, next }
  }

  it.each([
    ['announced', { 'content-length': body.length }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('%s: 413, and the connection goes on', async (_, headers) => {
    const { refusal, next } = await sendAndAskAgain(headers)
    expect(refusal.response.statusCode).toBe(413)
    expect(JSON.parse(refusal.text)).toEqual({ message: 'Request body is larger than 10 MiB' })
    expect(next.response.statusCode).toBe(200)
    expect(next.port).toBe(refusal.port)
  })

  it('is refused when it is announced, before any of it is sent', async () => {
    const socket = connect(admin.port, '127.0.0.1')
    socket.write(
      `POST /services HTTP/1.1\r\nHost: 127.0.0.1:${admin.port}\r\nContent-Type: application/json\r\nContent-Length: 20000000\r\n\r\n`,
    )
    const head = await new Promise<string>((resolve, reject) => {
      socket.once('data', (chunk) => resolve(chunk.toString()))
      socket.once('error', reject)
    })
    socket.destroy()
    expect(head).toMatch(/^HTTP\/1\.1 413 /)
  })
})

it('survives a client that leaves in the middle of its body', async () => {
  const socket = connect(admin.port, '127.0.0.1')
  await new Promise<void>((resolve) => {
    socket.write(
      `POST /services HTTP/1.1\r\nHost: 127.0.0.1:${admin.port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"host"`,
      () => {
        socket.destroy()
        resolve()
      },
    )
  })
  expect((await admin.call('GET', '/services/shop')).status).toBe(200)
  expect(admin.logged).toEqual([])
})
