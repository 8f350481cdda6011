import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { observed } from '../chaos/gateway-process.ts'
import { runStaleConnections } from '../chaos/stale-connections.ts'
import { configureService, configureUpstream } from '../support/configure.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { isOneAnswer, sendRaw, statusOf } from '../support/raw-client.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import {
  deadPort,
  onEachHead,
  startRawUpstream,
  startUpstream,
  type TestUpstream,
} from '../support/test-upstream.ts'

let gateway: TestGateway
const upstreams: TestUpstream[] = []

beforeEach(async () => {
  gateway = await startTestGateway()
})

afterEach(async () => {
  await gateway.stop()
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.close()))
  expect(gateway.logged).toEqual([])
})

async function started(upstream: Promise<TestUpstream>): Promise<TestUpstream> {
  const running = await upstream
  upstreams.push(running)
  return running
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

function ask(method: string, rest = '\r\n', path = '/'): Promise<number> {
  return sendRaw(gateway.proxyPort, `${method} ${path} HTTP/1.1\r\nHost: a\r\n${rest}`, {
    until: isOneAnswer,
  }).then(({ text }) => statusOf(text))
}

const BODY = 'Content-Length: 5\r\n\r\nhello'

/** A target that takes each request and hangs up, or answers while `answers` is true. */
function startUnreliable(): { upstream: Promise<TestUpstream>; seen: string[]; answers: boolean } {
  const target = {
    answers: false,
    seen: [] as string[],
    upstream: startRawUpstream((socket) =>
      onEachHead(socket, (head) => {
        // The end of a chunked body looks like the end of a head.
        if (head === '0\r\n\r\n') return
        target.seen.push(head.slice(0, head.indexOf(' ')))
        if (target.answers) socket.write(OK)
        else socket.destroy()
      }),
    ),
  }
  return target
}

describe('an upstream that closes its idle connections without a word', () => {
  it('costs no GET, and no POST arrives twice', { timeout: 120_000 }, async () => {
    const CLIENTS = 100
    const ROUNDS = 50
    const figures = await runStaleConnections(observed(gateway), {
      idleMs: 80,
      clients: CLIENTS,
      rounds: ROUNDS,
    })
    expect(figures).toMatchObject({ failedGets: 0, repeatedPosts: 0 })
    // Only those on whose way the upstream closed: most find an open connection.
    expect(figures.failedPosts).toBeLessThan(figures.posts / 4)
    expect(gateway.entries).toHaveLength(CLIENTS * ROUNDS)
  })

  it('stays the target of those that hash to it', async () => {
    const targets = await Promise.all(
      ['a', 'b'].map((name) =>
        started(
          startRawUpstream((socket) => {
            let asked = 0
            onEachHead(socket, () => {
              asked += 1
              if (asked > 1) socket.destroy()
              else socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${name}`)
            })
          }),
        ),
      ),
    )
    await gateway.admin('POST', '/upstreams', {
      name: 'shop.v1',
      algorithm: 'consistent-hashing',
      hash_on: 'header',
      hash_on_header: 'X-Key',
    })
    for (const { address } of targets) {
      await gateway.admin('POST', '/upstreams/shop.v1/targets', { target: address })
    }
    await configureService(gateway, 80, { service: { host: 'shop.v1', retries: 1 } })
    const client = await KeepAliveClient.connect(gateway.proxyPort)
    const bodies: string[] = []
    for (let i = 0; i < 6; i += 1) bodies.push((await client.ask('/', { 'x-key': 'k' })).body)
    client.close()
    expect(new Set(bodies).size).toBe(1)
    expect(gateway.entries.map(({ tries }) => tries)).toEqual([1, 2, 2, 2, 2, 2])
  })
})

describe('what cannot be sent twice', () => {
  it.each([
    ['POST', '\r\n'],
    ['PATCH', '\r\n'],
    ['LOCK', '\r\n'],
    ['PUT', BODY],
  ])('takes no connection that was idle for a second: %s', async (method, rest) => {
    const upstream = await started(startUpstream('v1'))
    await configureService(gateway, upstream.port)
    expect(await ask('GET')).toBe(200)
    expect(await ask(method, rest)).toBe(200)
    expect(upstream.sockets.size).toBe(1)
    const realNow = performance.now.bind(performance)
    performance.now = () => realNow() + 1_001
    try {
      expect(await ask(method, rest)).toBe(200)
    } finally {
      performance.now = realNow
    }
    expect(upstream.sockets.size).toBe(2)
  })

  it.each(['POST', 'PATCH', 'LOCK'])('is not sent again once it was sent: %s', async (method) => {
    const target = startUnreliable()
    await configureService(gateway, (await started(target.upstream)).port)
    expect(await ask(method)).toBe(502)
    expect(target.seen).toEqual([method])
    expect(gateway.entries).toMatchObject([{ tries: 1, reason: 'reset' }])
  })

  it('is not sent again on a reused connection either', async () => {
    const target = startUnreliable()
    await configureService(gateway, (await started(target.upstream)).port)
    target.answers = true
    expect(await ask('GET')).toBe(200)
    target.answers = false
    expect(await ask('POST')).toBe(502)
    expect(target.seen).toEqual(['GET', 'POST'])
  })

  it('is not sent again when its body was read', async () => {
    const target = startUnreliable()
    await configureService(gateway, (await started(target.upstream)).port)
    expect(await ask('PUT', BODY)).toBe(502)
    expect(target.seen).toEqual(['PUT'])
  })

  it.each([
    ['POST', BODY],
    ['PUT', BODY],
    ['POST', '\r\n'],
  ])(
    'goes to another target whole when the first refused the connection: %s %j',
    async (method, rest) => {
      const good = await started(startUpstream('v1'))
      await configureUpstream(gateway, 'shop.v1', {
        [`127.0.0.1:${await deadPort()}`]: 100,
        [good.address]: 100,
      })
      await configureService(gateway, 80, { service: { host: 'shop.v1' } })
      for (let i = 0; i < 4; i += 1) expect(await ask(method, rest)).toBe(200)
      expect(good.seen.map(({ body }) => body)).toEqual(Array(4).fill(rest === BODY ? 'hello' : ''))
      expect(gateway.entries.map(({ tries }) => tries).sort()).toEqual([1, 1, 2, 2])
    },
  )
})

describe('what may be sent twice', () => {
  it.each([
    ['GET', '\r\n'],
    ['DELETE', '\r\n'],
    ['PUT', 'Content-Length: 0\r\n\r\n'],
    ['DELETE', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])(
    'is tried on another target first, then on the same ones again: %s %j',
    async (method, rest) => {
      const first = startUnreliable()
      const second = startUnreliable()
      await configureUpstream(gateway, 'shop.v1', {
        [(await started(first.upstream)).address]: 100,
        [(await started(second.upstream)).address]: 100,
      })
      await configureService(gateway, 80, { service: { host: 'shop.v1', retries: 5 } })
      expect(await ask(method, rest)).toBe(502)
      expect(first.seen).toEqual(Array(3).fill(method))
      expect(second.seen).toEqual(Array(3).fill(method))
      expect(gateway.entries).toMatchObject([{ tries: 6, status: 502 }])
    },
  )

  it('is tried as often as retries says, and once more', async () => {
    const target = startUnreliable()
    await configureService(gateway, (await started(target.upstream)).port, {
      service: { retries: 2 },
    })
    expect(await ask('GET')).toBe(502)
    expect(target.seen).toHaveLength(3)
  })

  it('gets a new connection beyond that when an idle one turns out to be dead', async () => {
    let connections = 0
    const upstream = await started(
      startRawUpstream((socket) => {
        connections += 1
        let asked = 0
        onEachHead(socket, () => {
          asked += 1
          if (asked > 1) socket.destroy()
          else socket.write(OK)
        })
      }),
    )
    await configureService(gateway, upstream.port, { service: { retries: 0 } })
    for (const rest of ['\r\n', '\r\n', 'Content-Length: 0\r\n\r\n']) {
      expect(await ask('DELETE', rest)).toBe(200)
    }
    expect(connections).toBe(3)
    expect(gateway.entries.map(({ tries }) => tries)).toEqual([1, 2, 2])
  })

  it.each([
    ['an empty body in chunks', 'Transfer-Encoding: chunked\r\n\r\n', '0\r\n\r\n'],
    ['an empty body of known length', 'Content-Length: 0\r\n\r\n', ''],
    ['a body that comes late', 'Content-Length: 5\r\n\r\n', 'hello'],
  ])('is sent whole on the new connection: %s', async (_name, head, body) => {
    const heads: string[] = []
    const requestsOf = new WeakMap<object, number>()
    const server = http.createServer((request, response) => {
      heads.push(request.method ?? '')
      const asked = (requestsOf.get(request.socket) ?? 0) + 1
      requestsOf.set(request.socket, asked)
      if (asked > 1) {
        request.socket.destroy()
        return
      }
      let received = ''
      request.on('data', (chunk) => {
        received += String(chunk)
      })
      request.on('end', () => response.end(`got ${received}`))
    })
    server.keepAliveTimeout = 0
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await configureService(gateway, port, { service: { retries: 0 } })
    expect(await ask('GET')).toBe(200)
    const client = new RawConnection(gateway.proxyPort)
    client.send(`PUT / HTTP/1.1\r\nHost: a\r\n${head}`)
    if (body === 'hello') await expect.poll(() => heads).toEqual(['GET', 'PUT', 'PUT'])
    client.send(body)
    await client.untilText(`got ${body === 'hello' ? body : ''}`)
    expect(heads).toEqual(['GET', 'PUT', 'PUT'])
    client.destroy()
    // The new connection goes to the pool: it was used to its end.
    await expect.poll(() => gateway.entries.at(-1)).toMatchObject({ status: 200, tries: 2 })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('goes on to another target when one does not answer in time', async () => {
    const silent = await started(startRawUpstream((socket) => socket.resume()))
    const good = await started(startUpstream('v1'))
    await configureUpstream(gateway, 'shop.v1', { [silent.address]: 100, [good.address]: 100 })
    await configureService(gateway, 80, { service: { host: 'shop.v1', read_timeout: 50 } })
    for (let i = 0; i < 4; i += 1) expect(await ask('GET')).toBe(200)
    await expect.poll(() => silent.sockets.size).toBe(0)
  })

  it('is never tried again because of a status', async () => {
    const upstream = await started(
      startUpstream('v1', (_request, response) => {
        response.statusCode = 503
        response.end()
      }),
    )
    await configureService(gateway, upstream.port)
    expect(await ask('GET')).toBe(503)
    expect(upstream.seen).toHaveLength(1)
  })

  it('keeps one sticky cookie and one variant over all tries', async () => {
    const dead = `127.0.0.1:${await deadPort()}`
    const good = await started(startUpstream('v1'))
    await gateway.admin('POST', '/upstreams', {
      name: 'shop.v1',
      hash_on: 'cookie',
      hash_on_cookie: 'sticky',
    })
    for (const target of [dead, good.address]) {
      await gateway.admin('POST', '/upstreams/shop.v1/targets', { target })
    }
    await configureService(gateway, 80, { service: { host: 'shop.v1' } })
    for (let i = 0; i < 8; i += 1) {
      const { text } = await sendRaw(gateway.proxyPort, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', {
        until: isOneAnswer,
      })
      expect(text.match(/set-cookie: sticky=[0-9a-f-]{36}; /gi)).toHaveLength(1)
    }
    expect(gateway.entries.map(({ tries }) => tries)).toContain(2)
  })
})

describe('idle connections to a target', () => {
  it('are shared by all ways to take one', async () => {
    const upstream = await started(startUpstream('v1'))
    await configureService(gateway, upstream.port)
    for (const method of ['GET', 'POST', 'GET', 'PATCH']) expect(await ask(method)).toBe(200)
    expect(upstream.sockets.size).toBe(1)
  })

  it('are not kept when the upstream announces a second or less', async () => {
    const upstream = await started(
      startRawUpstream((socket) =>
        onEachHead(socket, () =>
          socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok'),
        ),
      ),
    )
    await configureService(gateway, upstream.port)
    expect(await ask('GET')).toBe(200)
    await expect.poll(() => upstream.sockets.size).toBe(0)
  })

  it('are not kept when the upstream says close, or speaks HTTP/1.0', async () => {
    for (const head of ['HTTP/1.1 200 OK\r\nConnection: close', 'HTTP/1.0 200 OK']) {
      const upstream = await started(
        startRawUpstream((socket) =>
          onEachHead(socket, () => socket.write(`${head}\r\nContent-Length: 2\r\n\r\nok`)),
        ),
      )
      await configureService(gateway, upstream.port)
      expect(await ask('GET')).toBe(200)
      await expect.poll(() => upstream.sockets.size).toBe(0)
      await gateway.admin('DELETE', '/routes/shop')
      await gateway.admin('DELETE', '/services/shop')
    }
  })
})
