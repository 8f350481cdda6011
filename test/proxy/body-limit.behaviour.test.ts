import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isOneAnswer, sendRaw, statusOf } from '../support/raw-client.ts'
import { RawConnection, statusesOf } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startRawUpstream, startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream
/** Takes a request and never answers. */
let silent: TestUpstream
let silentBytes = ''

beforeAll(async () => {
  upstream = await startUpstream('shop')
  silent = await startRawUpstream((socket) => {
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      silentBytes += chunk
    })
  })
  gateway = await startTestGateway()
  await gateway.admin('PUT', '/services/shop', { host: '127.0.0.1', port: upstream.port })
  await gateway.admin('PUT', '/services/shop/routes/all', { paths: ['/'] })
  await gateway.admin('PUT', '/services/shop/routes/small', { paths: ['/small'] })
  await gateway.admin('PUT', '/services/silent', { host: '127.0.0.1', port: silent.port })
  await gateway.admin('PUT', '/services/silent/routes/silent', { paths: ['/silent'] })
  for (const name of ['anna', 'bob']) {
    await gateway.admin('PUT', `/consumers/${name}`)
    await gateway.admin('POST', `/consumers/${name}/key-auth`, { key: name })
  }
})

afterAll(async () => {
  await gateway.stop()
  await upstream.close()
  await silent.close()
})

beforeEach(() => {
  gateway.entries.length = 0
  upstream.seen.length = 0
  silentBytes = ''
})

afterEach(async () => {
  const { data } = await gateway.admin<{ data: { id: string }[] }>('GET', '/plugins')
  for (const { id } of data) await gateway.admin('DELETE', `/plugins/${id}`)
  expect(gateway.logged).toEqual([])
})

function limit(where: string, config: Readonly<Record<string, unknown>>): Promise<unknown> {
  return gateway.admin('POST', `${where}/plugins`, { name: 'request-size-limiting', config })
}

/** One request with its body, as it goes over the wire. */
async function post(
  path: string,
  body: string,
  fields = '',
): Promise<{ status: number; text: string }> {
  const head = `POST ${path} HTTP/1.1\r\nHost: a.test\r\n${fields}`
  const { text } = await sendRaw(gateway.proxyPort, `${head}\r\n${body}`, { until: isOneAnswer })
  return { status: statusOf(text), text }
}

const withLength = (path: string, bytes: number, fields = '') =>
  post(path, 'b'.repeat(bytes), `${fields}Content-Length: ${bytes}\r\n`)

const logged = () => gateway.entries.map(({ status, reason, tries }) => ({ status, reason, tries }))

describe('a body whose length is told', () => {
  it('passes up to the limit, and is refused above it without contact to the upstream', async () => {
    await limit('/services/shop', { allowed_payload_size: 10, size_unit: 'bytes' })
    expect((await withLength('/', 10)).status).toBe(200)
    const { status, text } = await withLength('/', 11)
    expect(status).toBe(413)
    expect(text).toContain('Connection: close\r\n')
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))).toMatchObject({
      message: 'Request size limit exceeded',
    })
    expect(upstream.seen.map(({ body }) => body.length)).toEqual([10])
    expect(logged()).toEqual([
      { status: 200, reason: null, tries: 1 },
      { status: 413, reason: 'body-too-large', tries: 0 },
    ])
  })

  it('is refused with 417 when the client asks before it sends', async () => {
    await limit('/services/shop', { allowed_payload_size: 1, size_unit: 'kilobytes' })
    const fields = 'Expect: 100-continue\r\nContent-Length: 1025\r\n'
    expect((await post('/', '', fields)).status).toBe(417)
    expect((await withLength('/', 1024)).status).toBe(200)
  })

  it('is limited in megabytes unless told otherwise, 128 of them', async () => {
    await limit('/services/shop', {})
    expect((await post('/', '', `Content-Length: ${128 * 1_048_576 + 1}\r\n`)).status).toBe(413)
  })

  it('has to be told where the plugin says so, unless the body is chunked', async () => {
    await limit('/services/shop', { require_content_length: true })
    const { status, text } = await post('/', '')
    expect(status).toBe(411)
    expect(text).toContain('A valid Content-Length header is required')
    expect((await withLength('/', 0)).status).toBe(200)
    expect((await post('/', '0\r\n\r\n', 'Transfer-Encoding: chunked\r\n')).status).toBe(200)
    expect(logged()[0]).toEqual({ status: 411, reason: 'length-required', tries: 0 })
  })
})

describe('a chunked body', () => {
  const CHUNKED = 'Transfer-Encoding: chunked\r\n'

  it('passes up to the limit', async () => {
    await limit('/services/shop', { allowed_payload_size: 10, size_unit: 'bytes' })
    const body = '5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n'
    expect((await post('/', body, CHUNKED)).status).toBe(200)
    expect(upstream.seen.map((request) => request.body)).toEqual(['helloworld'])
  })

  it('that comes as a whole is refused above the limit, and the upstream never sees its end', async () => {
    await limit('/services/silent', { allowed_payload_size: 10, size_unit: 'bytes' })
    const body = '5\r\nhello\r\n6\r\nworld!\r\n0\r\n\r\n'
    const { status, text } = await post('/silent', body, CHUNKED)
    expect(status).toBe(413)
    expect(text).toContain('Connection: close\r\n')
    await expect.poll(() => silent.sockets.size).toBe(0)
    expect(silentBytes).not.toContain('0\r\n\r\n')
    expect(logged()).toEqual([{ status: 413, reason: 'body-too-large', tries: 1 }])
  })

  it('is refused as soon as the limit is passed', async () => {
    await limit('/services/silent', { allowed_payload_size: 10, size_unit: 'bytes' })
    const client = new RawConnection(gateway.proxyPort)
    client.send(`POST /silent HTTP/1.1\r\nHost: a.test\r\n${CHUNKED}\r\n5\r\nhello\r\n`)
    await expect.poll(() => silentBytes).toContain('hello')
    client.send('6\r\nworld!\r\n')
    await client.untilText('Request size limit exceeded')
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([413])
    await expect.poll(() => silent.sockets.size).toBe(0)
    expect(silentBytes).not.toContain('world')
  })

  it('says nothing about the health of the target', async () => {
    await gateway.admin('PUT', '/upstreams/checked', {
      healthchecks: { passive: { unhealthy: { tcp_failures: 1, timeouts: 1, http_failures: 1 } } },
    })
    await gateway.admin('POST', '/upstreams/checked/targets', { target: silent.address })
    await gateway.admin('PATCH', '/services/silent', { host: 'checked' })
    await limit('/services/silent', { allowed_payload_size: 1, size_unit: 'bytes' })
    expect((await post('/silent', '5\r\nhello\r\n', CHUNKED)).status).toBe(413)
    const { data } = await gateway.admin<{ data: { health: string }[] }>(
      'GET',
      '/upstreams/checked/health',
    )
    await gateway.admin('PATCH', '/services/silent', { host: '127.0.0.1' })
    expect(data.map(({ health }) => health)).toEqual(['HEALTHY'])
  })
})

describe('the most specific limit', () => {
  it('is the one of the route before the one of the service', async () => {
    await limit('/services/shop', { allowed_payload_size: 100, size_unit: 'bytes' })
    await limit('/routes/small', { allowed_payload_size: 10, size_unit: 'bytes' })
    expect((await withLength('/', 50)).status).toBe(200)
    expect((await withLength('/small', 50)).status).toBe(413)
  })

  it('is the one of the consumer, who must be known first', async () => {
    await gateway.admin('POST', '/services/shop/plugins', { name: 'key-auth' })
    await limit('', { allowed_payload_size: 10, size_unit: 'bytes' })
    await limit('/consumers/anna', { allowed_payload_size: 100, size_unit: 'bytes' })
    const statuses = []
    for (const key of ['anna', 'bob', 'eve']) {
      statuses.push((await withLength('/', 50, `apikey: ${key}\r\n`)).status)
    }
    expect(statuses).toEqual([200, 413, 401])
    expect(gateway.entries.map(({ consumer }) => consumer)).toEqual(['anna', 'bob', null])
  })
})
