import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MAX_FORM_BYTES } from '../../src/variants/expressions/request-facts.ts'
import { configureService } from '../support/configure.ts'
import { RawConnection, statusesOf } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import {
  deadPort,
  startRawUpstream,
  startUpstream,
  type TestUpstream,
} from '../support/test-upstream.ts'

let gateway: TestGateway
let own: TestUpstream
let blue: TestUpstream
let client: RawConnection
const others: TestUpstream[] = []

beforeEach(async () => {
  own = await startUpstream('own')
  blue = await startUpstream('blue')
  await start()
})

async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
  gateway = await startTestGateway({ settings })
  await configureService(gateway, own.port)
  await splitTo([blue.port])
  client = new RawConnection(gateway.proxyPort)
}

afterEach(async () => {
  client.destroy()
  await expect.poll(() => gateway.node.requestsInFlight()).toBe(0)
  await gateway.stop()
  await Promise.all([own, blue, ...others.splice(0)].map((upstream) => upstream.close()))
  expect(gateway.logged).toEqual([])
})

/** Requests whose form says `side=blue` go to these ports, to the first one first, with a try for each. */
async function splitTo(ports: readonly number[]): Promise<void> {
  const nodes = ports.map((port, at) => ({ host: '127.0.0.1', port, weight: at === 0 ? 100 : 1 }))
  const { data } = await gateway.admin<{ data: { id: string }[] }>('GET', '/plugins')
  for (const { id } of data) await gateway.admin('DELETE', `/plugins/${id}`)
  await gateway.admin('POST', '/services/shop/plugins', {
    name: 'traffic-split',
    config: {
      rules: [
        {
          match: [{ vars: [['post_arg_side', '==', 'blue']] }],
          weighted_upstreams: [{ upstream: { nodes } }],
        },
      ],
    },
  })
}

const FORM = 'application/x-www-form-urlencoded'
const BLUE = 'a=%20+&side=blue&z=\u00ff'

interface Given {
  readonly method?: string
  readonly type?: string
  readonly fields?: string
}

const head = (framing: string, { method = 'POST', type = FORM, fields = '' }: Given = {}) =>
  `${method} / HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\n${fields}${framing}\r\n\r\n`
const ofLength = (body: string, given?: Given) =>
  head(`Content-Length: ${body.length}`, given) + body
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
const inChunks = (chunks: readonly string[], given?: Given) =>
  `${head('Transfer-Encoding: chunked', given)}${chunks.map(chunk).join('')}0\r\n\r\n`

/** What a body in chunks holds. */
function unchunked(body: string): string {
  let text = ''
  for (let at = 0; at < body.length; ) {
    const start = body.indexOf('\r\n', at) + 2
    const length = Number.parseInt(body.slice(at, start), 16)
    text += body.slice(start, start + length)
    at = start + length + 2
  }
  return text
}

/** Sends it; returns the text of the answer. */
async function answerTo(text: string): Promise<string> {
  client.send(text)
  await client.until(({ text: got }) => /\r\n\r\n(.+)/s.test(got))
  return /\r\n\r\n(.+)/s.exec(client.text)?.[1] ?? ''
}

describe('a form that a rule asks for', () => {
  it.each([
    ['of a length', ofLength(BLUE), { 'content-length': String(BLUE.length) }],
    [
      'in chunks',
      inChunks(['a=%20+&si', 'de=blue&z=', '\u00ff']),
      { 'transfer-encoding': 'chunked' },
    ],
    [
      'of another method',
      ofLength(BLUE, { method: 'PUT' }),
      { 'content-length': String(BLUE.length) },
    ],
    ['with a charset', ofLength(BLUE, { type: `${FORM.toUpperCase()}; charset=x` }), {}],
  ])('%s chooses, and arrives as it was sent', async (_, request, fields) => {
    expect(await answerTo(request)).toBe('blue')
    expect(blue.seen).toMatchObject([{ body: BLUE, headers: fields }])
    client.send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.untilText('own')
  })

  it.each([
    ['another value', ofLength('side=green')],
    ['no such field', ofLength('b=1')],
    ['no content', ofLength('')],
    ['another type', ofLength(BLUE, { type: 'text/plain' })],
  ])('with %s leaves the request to the service', async (_, request) => {
    expect(await answerTo(request)).toBe('own')
    expect(own.seen[0]?.body).toBe(request.split('\r\n\r\n')[1])
  })

  it('is waited for, piece by piece', async () => {
    client.send(head(`Content-Length: ${BLUE.length}`) + BLUE.slice(0, 10))
    for (let at = 10; at < BLUE.length; at += 1) {
      await new Promise(setImmediate)
      expect([own.sockets.size, blue.sockets.size]).toEqual([0, 0])
      client.send(BLUE.charAt(at))
    }
    await client.untilText('blue')
    expect(blue.seen[0]?.body).toBe(BLUE)
  })

  it('arrives as it was sent, whatever it is and however it is cut', async () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 })
    const anyForm = fc.tuple(fc.array(bytes, { maxLength: 6 }), fc.boolean(), fc.boolean())
    const property = fc.asyncProperty(anyForm, async ([given, isBlue, isChunked]) => {
      const pieces = given.map((piece) => Buffer.from(piece).toString('latin1'))
      const all = isBlue ? [BLUE, '&', ...pieces] : pieces
      const sent = all.join('')
      const name = isBlue || new URLSearchParams(sent).get('side') === 'blue' ? 'blue' : 'own'
      const before = client.text.length
      client.send(isChunked ? inChunks(all) : ofLength(sent))
      await client.until(({ text }) => text.slice(before).endsWith(name))
      expect((name === 'blue' ? blue : own).seen.at(-1)?.body).toBe(sent)
    })
    await fc.assert(property, { numRuns: 40 })
  })

  it('is asked for when the client waits for a 100, and the upstream is not', async () => {
    client.send(head(`Content-Length: ${BLUE.length}`, { fields: 'Expect: 100-continue\r\n' }))
    await client.untilText('HTTP/1.1 100 Continue\r\n\r\n')
    client.send(BLUE)
    await client.untilText('blue')
    expect(statusesOf(client.text)).toEqual([100, 200])
    expect(blue.seen[0]?.headers).not.toHaveProperty('expect')
  })
})

describe('a form that is too long', () => {
  const long = BLUE + '&'.repeat(3 * MAX_FORM_BYTES)

  it('is not waited for when its length is told', async () => {
    client.send(head(`Content-Length: ${long.length}`) + BLUE)
    await expect.poll(() => own.sockets.size).toBe(1)
    client.send(long.slice(BLUE.length))
    await client.untilText('own')
    expect(own.seen[0]?.body === long).toBe(true)
  })

  it('leaves the request to the service as soon as that is seen, and arrives as it was sent', async () => {
    const pieces = long.match(/.{1,9999}/gs) ?? []
    const shown = Math.ceil(MAX_FORM_BYTES / 9999) + 1
    client.send(head('Transfer-Encoding: chunked') + pieces.slice(0, shown).map(chunk).join(''))
    await expect.poll(() => own.sockets.size).toBe(1)
    client.send(`${pieces.slice(shown).map(chunk).join('')}0\r\n\r\n`)
    await client.untilText('own')
    expect(own.seen[0]?.body === long).toBe(true)
  })

  it('waits for an upstream that takes its time, and all of it arrives', async () => {
    const received = { text: '' }
    const slow = await startRawUpstream((socket) => {
      socket.pause()
      socket.on('data', (data) => {
        received.text += data.toString('latin1')
        if (received.text.endsWith('0\r\n\r\n')) {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow')
        }
      })
    })
    others.push(slow)
    await gateway.admin('PATCH', '/services/shop', { port: slow.port })
    client.send(inChunks(long.match(/.{1,9999}/gs) ?? []))
    await expect.poll(() => slow.sockets.size).toBe(1)
    for (const socket of slow.sockets) socket.resume()
    await client.untilText('slow')
    const body = received.text.slice(received.text.indexOf('\r\n\r\n') + 4)
    expect(unchunked(body) === long).toBe(true)
  })

  it('counts from the first byte against the limit of request-size-limiting', async () => {
    await gateway.admin('POST', '/services/shop/plugins', {
      name: 'request-size-limiting',
      config: { allowed_payload_size: 2 * MAX_FORM_BYTES, size_unit: 'bytes' },
    })
    client.send(inChunks(long.match(/.{1,9999}/gs) ?? []))
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([413])
    expect(own.seen).toEqual([])
  })

  it('of the very length that is read still chooses', async () => {
    expect(await answerTo(ofLength(BLUE + '&'.repeat(MAX_FORM_BYTES - BLUE.length)))).toBe('blue')
  })
})

describe('a client that does not send the form', () => {
  const begun = head('Transfer-Encoding: chunked') + chunk('side=')

  const expectRefused = async (status: number, reason: string) => {
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([status])
    expect(gateway.entries).toMatchObject([{ status, reason, service: 'shop', variant: null }])
    expect([own.sockets.size, blue.sockets.size]).toEqual([0, 0])
  }

  it('but stays silent is answered, and no upstream is bothered', async () => {
    client.destroy()
    await gateway.stop()
    await start({ limits_body_silence: '300ms' })
    client.send(begun)
    await expectRefused(408, 'client-silent')
  })

  it('but a byte now and then, too', async () => {
    client.destroy()
    await gateway.stop()
    await start({ limits_body_rate_window: '1s', limits_body_rate: '1000' })
    client.send(begun)
    const dripping = setInterval(() => client.send(chunk('a')), 100)
    await expectRefused(408, 'client-slow')
    clearInterval(dripping)
  })

  it('but nonsense, too', async () => {
    client.send(`${begun}nonsense`)
    await expectRefused(400, 'client-malformed')
  })

  it('but leaves is recorded', async () => {
    client.send(begun)
    await expect.poll(() => gateway.node.requestsInFlight()).toBe(1)
    client.destroy()
    await expect.poll(() => gateway.entries).toMatchObject([{ status: 499, reason: 'client-left' }])
  })

  it('but more than request-size-limiting allows is refused', async () => {
    await gateway.admin('POST', '/services/shop/plugins', {
      name: 'request-size-limiting',
      config: { allowed_payload_size: 8, size_unit: 'bytes' },
    })
    client.send(begun + chunk('more'))
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([413])
  })
})

describe('a try that fails', () => {
  /** Takes the request, and resets. */
  const resetting = async () => {
    const upstream = await startRawUpstream((socket) => socket.once('data', () => socket.destroy()))
    others.push(upstream)
    return upstream
  }

  it.each(['POST', 'PUT'])(
    'to connect is followed by one with the same form (%s)',
    async (method) => {
      await splitTo([await deadPort(), blue.port])
      expect(await answerTo(ofLength(BLUE, { method }))).toBe('blue')
      expect(blue.seen[0]?.body).toBe(BLUE)
    },
  )

  it('after the form was sent is followed by one for what may be sent twice', async () => {
    await splitTo([(await resetting()).port, blue.port])
    expect(await answerTo(ofLength(BLUE, { method: 'PUT' }))).toBe('blue')
    expect(blue.seen[0]?.body).toBe(BLUE)
  })

  it('after the form was sent is the last for what may not', async () => {
    await splitTo([(await resetting()).port, blue.port])
    client.send(ofLength(BLUE))
    await client.untilText('HTTP/1.1 502')
    expect(blue.seen).toEqual([])
  })
})
