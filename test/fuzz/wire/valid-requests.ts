import fc from 'fast-check'

/** A request as its lines and its body: valid by RFC 9112, and taken by the gateway. */
export interface ValidRequest {
  readonly requestLine: string
  readonly fields: readonly string[]
  readonly body: string
}

const segment = fc.constantFrom(
  'a',
  'shop',
  '..',
  '.',
  '',
  '%41%2f',
  '%e4',
  "it's",
  'x[1]',
  'a;b=c',
)
const query = fc.constantFrom('', '?', '?q=1', '?a=%zz&b', '?x?y')
const path = fc
  .tuple(fc.array(segment, { maxLength: 3 }), query)
  .map(([segments, rest]) => `/${segments.join('/')}${rest}`)

const HOST = 'shop.test'

const target = fc.oneof(
  { weight: 6, arbitrary: path },
  { weight: 1, arbitrary: path.map((rest) => `http://${HOST}${rest}`) },
  { weight: 1, arbitrary: fc.constantFrom(`HTTP://Shop.Test:80/x`, `http://${HOST}?q`) },
)

const method = fc.constantFrom(
  ...['GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PURGE'],
)

const hostLine = fc.constantFrom(`Host: ${HOST}`, `host:${HOST}`, `HOST: ${HOST}:80 \t`)

/** Names of fields that the gateway passes on begin so. */
export const PASSED_PREFIX = 'x-fz-'

const passedLine = fc
  .tuple(
    fc.constantFrom('X-Fz-A', 'x-fz-b', 'X-FZ-C'),
    fc.constantFrom('1', '', 'a b\tc', '"q:, "', '\xe4\xff', 'Content-Length: 5', 'chunked'),
  )
  .map(([name, value]) => `${name}: ${value}`)

const otherLine = fc.constantFrom(
  ...['Accept: */*', 'User-Agent: fuzz', 'Cookie: a=b', 'X_Odd: 1', 'Content_Length: 7'],
  ...['TE: trailers', 'Trailer: X-Fz-T', 'Keep-Alive: timeout=9', 'Proxy-Connection: x'],
  ...['Connection: keep-alive', 'Connection: X-Fz-A, TE', 'Connection: close'],
  ...['Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA', 'Via: 1.0 x'],
  ...['X-Forwarded-For: 1.2.3.4', 'X-Real-IP: 1.2.3.4', 'Content-Type: text/plain'],
)

const fieldLines = fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.oneof(passedLine, passedLine, otherLine), { maxLength: 4 }) },
  // About as many as there may be: 100 with those that every request has.
  { weight: 1, arbitrary: fc.integer({ min: 95, max: 101 }).map(manyLines) },
)

function manyLines(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `x-fz-${n}: ${n}`)
}

/** Contents that would be a request, or the end of a body, to a reader that loses its place. */
const content = fc.oneof(
  fc.constantFrom(
    '',
    'abc',
    '0\r\n\r\n',
    '\r\n',
    'GET /in-body HTTP/1.1\r\nHost: shop.test\r\n\r\n',
  ),
  fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\0', ':', '0', '\xff'), maxLength: 40 }),
)

interface Framed {
  readonly lines: readonly string[]
  readonly body: string
}

const NO_BODY: Framed = { lines: [], body: '' }

const byLength: fc.Arbitrary<Framed> = fc
  .tuple(content, fc.constantFrom('', '', '', '00'))
  .map(([body, zeros]) => ({ lines: [`Content-Length: ${zeros}${body.length}`], body }))

const extension = fc.constantFrom('', '', '', ';a', ';a=b', ';a="q\\"; x"', ';a;b=1')
const trailers = fc.constantFrom('', '', '', 'X-Fz-T: 1\r\n', 'X-Fz-T: 1\r\nX-Fz-U:\r\n')
const chunk = fc
  .tuple(content, extension, fc.constantFrom('', '0', '000'), fc.boolean())
  .filter(([data]) => data !== '')
  .map(([data, rest, zeros, isUpper]) => {
    const digits = data.length.toString(16)
    return `${zeros}${isUpper ? digits.toUpperCase() : digits}${rest}\r\n${data}\r\n`
  })

const inChunks: fc.Arbitrary<Framed> = fc
  .tuple(
    fc.constantFrom('Transfer-Encoding: chunked', 'transfer-encoding:Chunked'),
    fc.array(chunk, { maxLength: 3 }),
    fc.constantFrom('0', '000'),
    extension,
    trailers,
  )
  .map(([line, chunks, zero, rest, fields]) => ({
    lines: [line],
    body: `${chunks.join('')}${zero}${rest}\r\n${fields}\r\n`,
  }))

const framed = fc.oneof(fc.constant(NO_BODY), byLength, inChunks)

const FORM_TYPE = 'Content-Type: application/x-www-form-urlencoded'

/** A request of HTTP/1.1, with Expect now and then; half of those with a body are forms. */
const request11: fc.Arbitrary<ValidRequest> = fc
  .tuple(method, target, hostLine, fieldLines, framed, fc.nat(9))
  .map(([verb, what, host, lines, { lines: framing, body }, draw]) => ({
    requestLine: `${verb} ${what} HTTP/1.1`,
    fields: [
      host,
      ...lines,
      ...framing,
      ...(draw % 5 === 0 && framing.length > 0 ? ['Expect: 100-continue'] : []),
      ...(draw % 2 === 0 && framing.length > 0 ? [FORM_TYPE] : []),
    ],
    body,
  }))

/** HTTP/1.0 has no chunks, and needs no Host. */
const request10: fc.Arbitrary<ValidRequest> = fc
  .tuple(method, path, fieldLines, fc.oneof(fc.constant(NO_BODY), byLength), fc.boolean())
  .map(([verb, what, lines, { lines: framing, body }, isKept]) => ({
    requestLine: `${verb} ${what} HTTP/1.0`,
    fields: [...lines, ...framing, ...(isKept ? ['Connection: keep-alive'] : [])],
    body,
  }))

const aboutTheServer: fc.Arbitrary<ValidRequest> = fc
  .tuple(fc.constantFrom('*', `http://${HOST}`), framed)
  .map(([what, { lines, body }]) => ({
    requestLine: `OPTIONS ${what} HTTP/1.1`,
    fields: [`Host: ${HOST}`, ...lines],
    body,
  }))

export const validRequest: fc.Arbitrary<ValidRequest> = fc.oneof(
  { weight: 16, arbitrary: request11 },
  { weight: 2, arbitrary: request10 },
  { weight: 1, arbitrary: aboutTheServer },
)
