import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../../support/configure.ts'
import { RawConnection, statusesOf } from '../../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../../support/test-upstream.ts'

const HOST = 'Host: shop.test\r\n'
const get = (path: string) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`

let gateway: TestGateway
let upstream: TestUpstream
/** Lets the upstream answer what it holds back, oldest first. */
let answers: (() => void)[] = []
let client: RawConnection

beforeAll(async () => {
  gateway = await startTestGateway()
  upstream = await startUpstream('v1', (request, response) => {
    const answer = () => response.end(`answer to ${request.url}\n`)
    if (request.url?.startsWith('/held') === true) answers.push(answer)
    else if (request.url === '/big') response.end(Buffer.alloc(8_000_000, 'x'))
    else answer()
  })
  await configureService(gateway, upstream.port, { route: { paths: ['/'], hosts: ['shop.test'] } })
})

afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})

beforeEach(() => {
  answers = []
  upstream.seen.length = 0
  gateway.entries.length = 0
  client = new RawConnection(gateway.proxyPort)
})

afterEach(async () => {
  client.destroy()
  await expect.poll(() => gateway.node.requestsInFlight()).toBe(0)
  expect(gateway.logged).toEqual([])
})

const answered = () => [...client.text.matchAll(/answer to (\/\w+)/g)].map((match) => match[1])
const logged = () => gateway.entries.map(({ status, reason }) => [status, reason])

describe('requests sent without waiting for answers', () => {
  it('are served one after the other, and answered in their order', async () => {
    client.send(get('/held1') + get('/two') + get('/held3') + get('/four'))
    await expect.poll(() => upstream.seen.length).toBe(1)
    answers[0]!()
    await expect.poll(() => upstream.seen.length).toBe(3)
    answers[1]!()
    await client.untilText('/four')
    expect(answered()).toEqual(['/held1', '/two', '/held3', '/four'])
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/held1', '/two', '/held3', '/four'])
    expect(logged()).toEqual(Array(4).fill([200, null]))
  })

  it('do not overtake a POST before them', async () => {
    client.send(`POST /held HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi${get('/after')}`)
    await expect.poll(() => answers.length).toBe(1)
    expect(upstream.seen).toHaveLength(1)
    answers[0]!()
    await client.untilText('answer to /after')
  })

  it('keep their bodies apart', async () => {
    const chunked = `POST /b HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nbbb\r\n0\r\n\r\n`
    client.send(
      `POST /a HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\naaa${chunked}${get('/c')}PUT /d HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`,
    )
    await client.untilText('answer to /d')
    expect(upstream.seen.map(({ body }) => body)).toEqual(['aaa', 'bbb', '', ''])
  })

  it('all get an answer when a thousand come in one write', async () => {
    const paths = Array.from({ length: 1_000 }, (_, i) => `/n${i}`)
    client.send(paths.map(get).join(''))
    await client.untilText('answer to /n999\n')
    expect(answered()).toEqual(paths)
  })

  it('that never got their turn leave no trace when the client goes', async () => {
    client.send(get('/held1') + get('/held2') + get('/held3'))
    await expect.poll(() => answers.length).toBe(1)
    client.destroy()
    await expect.poll(logged).toEqual([[499, 'client-left']])
    expect(upstream.seen).toHaveLength(1)
  })
})

/** What comes behind a good request, and is refused: name, bytes, status, code in the access log. */
const REFUSED_BEHIND: readonly (readonly [string, string, number, string])[] = [
  ['a refused head', `TRACE / HTTP/1.1\r\n${HOST}\r\n`, 405, 'method_refused'],
  ['a head without Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'host_missing'],
  ['bytes that are no request', '\0\x01\x02 nonsense\r\n\r\n', 400, 'syntax'],
  [
    'a field with a space before the colon',
    `GET / HTTP/1.1\r\n${HOST}X : 1\r\n\r\n`,
    400,
    'syntax',
  ],
  ['CONNECT', 'CONNECT shop.test:1 HTTP/1.1\r\nHost: shop.test:1\r\n\r\n', 405, 'method_refused'],
  [
    'a request whose body is broken',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    400,
    'syntax',
  ],
]

describe('a request in front of a refused one', () => {
  it.each(REFUSED_BEHIND)(
    'gets its own answer first, and nothing after the refusal is read: %s',
    async (_name, bytes, status, reason) => {
      client.send(get('/held') + bytes + get('/smuggled'))
      await expect.poll(() => answers.length).toBe(1)
      expect(client.text).toBe('')
      answers[0]!()
      await client.untilClosed()
      expect(statusesOf(client.text)).toEqual([200, status])
      expect(upstream.seen.map(({ url }) => url)).toEqual(['/held'])
      expect(logged()).toEqual([
        [200, null],
        [status, reason],
      ])
    },
  )

  it.each(REFUSED_BEHIND)(
    'also when it was answered long before: %s',
    async (_name, bytes, status) => {
      client.send(get('/quick'))
      await client.untilText('answer to /quick')
      client.send(bytes)
      await client.untilClosed()
      expect(statusesOf(client.text)).toEqual([200, status])
      expect(gateway.entries).toHaveLength(2)
    },
  )
})

describe('a request that the gateway answers before its body has come', () => {
  const early = (path: string, body: string) =>
    `POST ${path} HTTP/1.1\r\nHost: other.test\r\nTransfer-Encoding: chunked\r\n\r\n${body}`

  it('leaves the connection to the next one', async () => {
    client.send(early('/a', '3\r\nabc\r\n'))
    await client.untilText('no Route matched')
    client.send(`0\r\n\r\n${get('/next')}`)
    await client.untilText('answer to /next')
    expect(statusesOf(client.text)).toEqual([404, 200])
  })

  it('gets one answer, also when the rest of the body is broken', async () => {
    client.send(early('/a', 'zz\r\n'))
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([404])
    expect(gateway.entries).toHaveLength(1)
  })

  it('does not keep what is wrong behind its body from being refused', async () => {
    client.send(`${early('/a', '0\r\n\r\n')} /nothing HTTP/1.1\r\n\r\n`)
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([404, 400])
  })

  it('gets one answer, also when the client goes away in the body', async () => {
    client.send(early('/a', '3\r\nabc\r\n'))
    await client.untilText('no Route matched')
    client.socket.end()
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([404])
    expect(gateway.entries).toHaveLength(1)
  })
})

describe('a request for another protocol that is served as an ordinary one', () => {
  const upgrade = (method: string, framing = '') =>
    `${method} /asks HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: h2c\r\n${framing}\r\n`
  const withBody = `${upgrade('POST', 'Content-Length: 3\r\n')}abc`

  it.each([
    ['without a body', upgrade('GET')],
    ['with a body', withBody],
    ['with a chunked body', `${upgrade('PUT', 'Transfer-Encoding: chunked\r\n')}0\r\n\r\n`],
  ])('loses nothing of what comes behind it in the same piece: %s', async (_name, bytes) => {
    client.send(`${bytes}${bytes}${get('/next')}${get('/last')}`)
    await client.untilText('answer to /last')
    expect(answered()).toEqual(['/asks', '/asks', '/next', '/last'])
  })

  it('does not let the rest of a request pass for one of its own', async () => {
    const hidden = get('/hidden')
    client.send(
      `${withBody}POST /outer HTTP/1.1\r\n${HOST}Content-Length: ${hidden.length}\r\n\r\n`,
    )
    await client.untilText('answer to /asks')
    client.send(hidden + get('/last'))
    await client.untilText('answer to /last')
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/asks', '/outer', '/last'])
    expect(upstream.seen[1]!.body).toBe(hidden)
  })

  it.each([
    ['garbage behind it', `${upgrade('GET')}0005\r\n`, [200, 400]],
    ['a broken field behind it', `${withBody}GET / HTTP/1.1\r\nX : 1\r\n`, [200, 400]],
    ['a broken body', `${upgrade('POST', 'Transfer-Encoding: chunked\r\n')}zz\r\n`, [400]],
  ])('does not hide what is wrong: %s', async (_name, bytes, statuses) => {
    client.send(bytes)
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual(statuses)
  })
})

describe('a HEAD that waits for its turn', () => {
  it('is refused without a body when its own is broken', async () => {
    client.send(`${get('/a')}HEAD / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([200, 400])
    expect(client.text.endsWith('\r\n\r\n')).toBe(true)
  })
})

describe('a request of HTTP/1.0 that says both close and keep-alive', () => {
  it('is the last of its connection', async () => {
    client.send(
      `GET /a HTTP/1.0\r\n${HOST}Connection: close\r\nConnection: keep-alive\r\n\r\n${get('/b')}`,
    )
    await client.untilClosed()
    expect(client.text).toContain('Connection: close')
    expect(answered()).toEqual(['/a'])
    expect(upstream.seen).toHaveLength(1)
  })
})

describe('CONNECT', () => {
  it('does not hold up the answer before it', async () => {
    client.socket.pause()
    client.send(`${get('/big')}CONNECT shop.test:1 HTTP/1.1\r\nHost: shop.test:1\r\n\r\n`)
    await expect.poll(() => upstream.seen.length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    client.socket.resume()
    await client.untilClosed()
    expect(client.text.length).toBeGreaterThan(8_000_000)
    expect(client.text).toContain('HTTP/1.1 405')
  })

  it('does no harm when the client resets the connection at once', async () => {
    for (let i = 0; i < 50; i += 1) {
      const tunnel = new RawConnection(gateway.proxyPort)
      tunnel.socket.write('CONNECT shop.test:1 HTTP/1.1\r\nHost: shop.test:1\r\n\r\n', () =>
        tunnel.socket.resetAndDestroy(),
      )
      await tunnel.untilClosed()
    }
    client.send(get('/after'))
    await client.untilText('answer to /after')
  })
})
