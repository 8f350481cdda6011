import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizePath } from '../../../src/model/normalize-path.ts'
import { allValues } from '../../../src/model/request.ts'
import { SETTINGS_SCHEMA } from '../../../src/model/settings.ts'
import { compileTrust } from '../../../src/proxy/head/client-address.ts'
import { type HeadVerdict, parseHead, type RawHead } from '../../../src/proxy/head/parse-head.ts'
import { limitsOf } from '../../../src/proxy/limits.ts'

const LIMITS = limitsOf(SETTINGS_SCHEMA.parse({}))
const BALANCER = compileTrust({ trusted_ips: ['10.0.0.1'], real_ip_header: 'X-Forwarded-For' })

describe('any head at all', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        'a',
        'B',
        '1',
        '.',
        ':',
        '/',
        '%',
        ',',
        ' ',
        '\r',
        '\n',
        '\0',
        '[',
        ']',
        '-',
      ),
    }),
  )
  // Mostly what is allowed: a head that is random throughout is refused at the first look.
  const mostly = (...good: string[]) =>
    fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: text })
  const line = fc.oneof(
    fc.tuple(mostly('X-Forwarded-For'), mostly('10.0.0.1, 1.2.3.4', '::1')),
    fc.tuple(mostly('X-Forwarded-Proto', 'x-a', 'X-A'), mostly('https', '', 'caf\xe9')),
    fc.tuple(mostly('Content-Length'), mostly('5', '005', '0')),
    fc.tuple(mostly('Transfer-Encoding'), mostly('chunked', 'Chunked', 'gzip')),
    fc.tuple(mostly('Expect'), mostly('100-continue')),
    fc.tuple(mostly('Host', 'host'), mostly('a.example', 'A.example:80')),
  )
  const host = mostly('a.example', 'A.example:80', '[::1]', 'b.example.')
  const target = mostly(
    ...['/', '*', '/a/../b//c', '/%41%2f?x', 'http://a.example', 'http://a.example:80/x?y'],
  )
  const head: fc.Arbitrary<RawHead> = fc.record({
    method: mostly('GET', 'POST', 'OPTIONS'),
    target: fc.oneof(
      target,
      target,
      text.map((part) => `/${part}`),
    ),
    httpVersion: mostly('1.1', '1.0'),
    rawHeaders: fc.oneof(
      fc
        .tuple(host, fc.array(line, { maxLength: 4 }))
        .map(([name, lines]) => ['Host', name, ...lines.flat()]),
      fc.array(line, { maxLength: 4 }).map((lines) => lines.flat()),
      fc.array(text, { maxLength: 5 }),
    ),
    peerAddress: fc.oneof(fc.constantFrom('10.0.0.1', '::ffff:10.0.0.1', '192.0.2.1', ''), text),
    listenerPort: fc.nat({ max: 65_535 }),
    isTls: fc.boolean(),
    serverName: fc.option(fc.string()),
  })

  test('is judged without throwing, and what is accepted can be read in one way only', () => {
    let acceptedCount = 0
    fc.assert(
      fc.property(head, (any) => {
        const judged = parseHead(any, BALANCER, LIMITS)
        if (judged.kind === 'refused') {
          expect(judged.status).toBeGreaterThanOrEqual(400)
          return
        }
        acceptedCount++
        expectInvariants(judged)
      }),
      { numRuns: 3000 },
    )
    // The property would hold for a parser that refuses everything.
    expect(acceptedCount).toBeGreaterThan(100)
  })

  test('is not changed by being read', () => {
    fc.assert(
      fc.property(head, (any) => {
        const frozen = Object.freeze({ ...any, rawHeaders: Object.freeze([...any.rawHeaders]) })
        expect(parseHead(frozen, BALANCER, LIMITS)).toEqual(parseHead(any, BALANCER, LIMITS))
      }),
    )
  })
})

function expectInvariants({ request }: HeadVerdict & { kind: 'request' }): void {
  const { names, values } = request.fields
  expect(names).toHaveLength(values.length)
  for (const name of names) expect(name).toMatch(/^[!#$%&'*+.^_`|~0-9a-z-]+$/)
  for (const value of values) expect(value).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/)
  const hosts = allValues(request.fields, 'host')
  if (request.httpVersion === '1.1') expect(hosts).toEqual([request.authority])
  expect(hosts.length).toBeLessThanOrEqual(1)
  expect(request.host).toMatch(/^([a-z0-9_~.-]*[a-z0-9_~-]|\[[0-9a-f:.]+\])?$/)
  expect(request.port >= 1 && request.port <= 65_535).toBe(true)
  const lengths = allValues(request.fields, 'content-length')
  const codings = allValues(request.fields, 'transfer-encoding')
  expect(lengths.length + codings.length).toBeLessThanOrEqual(1)
  for (const length of lengths) {
    expect(length).toMatch(/^(0|[1-9]\d{0,15})$/)
    expect(request.body).toEqual({ kind: 'length', bytes: Number(length) })
  }
  if (codings.length === 1) expect(request.body).toEqual({ kind: 'chunked' })
  if (lengths.length + codings.length === 0) expect(request.body).toEqual({ kind: 'none' })
  if (request.path === '*') expect(request.method).toBe('OPTIONS')
  else expect(normalizePath(request.path)).toEqual({ kind: 'ok', path: request.path })
  expect(request.query).toMatch(/^(\?[\x21-\x7e]*)?$/)
}
