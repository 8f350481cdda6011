import { describe, expect, it } from 'vitest'
import { readAnswers } from './read-answers.ts'
import { readRequests } from './reference-requests.ts'

const HOST = 'Host: shop.test\r\n'
const GET = `GET /a HTTP/1.1\r\n${HOST}\r\n`
const post = (framing: string, body: string) =>
  `POST / HTTP/1.1\r\n${HOST}${framing}\r\n\r\n${body}`
const CHUNKED = 'Transfer-Encoding: chunked'

describe('the reference for requests', () => {
  it('finds pipelined ones with their targets in normal form and their bodies', () => {
    const bytes = `${GET}${post('Content-Length: 003', 'abc')}\r\n${post(CHUNKED, '2;x="\\""\r\nde\r\n0\r\nA: b\r\n\r\n')}GET http://SHOP.test:80/%41/.././b//?%zz HTTP/1.1\r\n${HOST}\r\n`
    const { requests, end } = readRequests(bytes)
    expect(requests.map(({ method, target, body }) => [method, target, body])).toEqual([
      ['GET', '/a', ''],
      ['POST', '/', 'abc'],
      ['POST', '/', 'de'],
      ['GET', '/b/?%zz', ''],
    ])
    expect(end).toEqual({ kind: 'clean' })
  })

  it.each([
    ['a bare LF', `GET / HTTP/1.1\n${HOST}\r\n`],
    ['a bare CR', `GET / HTTP/1.1\r\nA: b\rc\r\n${HOST}\r\n`],
    ['NUL', `GET / HTTP/1.1\r\nA: \0\r\n${HOST}\r\n`],
    ['a folded field', `GET / HTTP/1.1\r\n${HOST}A: b\r\n c\r\n\r\n`],
    ['a space before the colon', `GET / HTTP/1.1\r\n${HOST}A : b\r\n\r\n`],
    ['no name', `GET / HTTP/1.1\r\n${HOST}: b\r\n\r\n`],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two Hosts', `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`],
    ['another Host than in the target', `GET http://a/ HTTP/1.1\r\n${HOST}\r\n`],
    ['another version', `GET / HTTP/1.2\r\n${HOST}\r\n`],
    ['two lengths', post('Content-Length: 1\r\nContent-Length: 1', 'a')],
    ['a list of lengths', post('Content-Length: 1, 1', 'a')],
    ['a signed length', post('Content-Length: +1', 'a')],
    ['both framings', post(`Content-Length: 1\r\n${CHUNKED}`, '0\r\n\r\n')],
    ['two codings', post('Transfer-Encoding: gzip, chunked', '0\r\n\r\n')],
    ['chunks on HTTP/1.0', `POST / HTTP/1.0\r\n${CHUNKED}\r\n\r\n0\r\n\r\n`],
    ['a chunk size that is none', post(CHUNKED, '0x1\r\na\r\n0\r\n\r\n')],
    ['a chunk longer than its size', post(CHUNKED, '1\r\nab\r\n0\r\n\r\n')],
    ['a broken trailer', post(CHUNKED, '0\r\nA b\r\n\r\n')],
    ['a broken escape', `GET /%4 HTTP/1.1\r\n${HOST}\r\n`],
    ['a fragment', `GET /#a HTTP/1.1\r\n${HOST}\r\n`],
    ['CONNECT', `CONNECT shop.test:80 HTTP/1.1\r\n${HOST}\r\n`],
  ])('refuses %s, and finds nothing behind it', (_, bytes) => {
    const { requests, end } = readRequests(GET + bytes + GET)
    expect(requests.map(({ target }) => target)).toEqual(['/a'])
    expect(end.kind).toBe('refused')
  })

  it('calls every beginning of a good request incomplete', () => {
    const bytes = post(CHUNKED, '2\r\nab\r\n0\r\nA: b\r\n\r\n')
    for (let length = 1; length < bytes.length; length++) {
      expect(readRequests(bytes.slice(0, length)), `${length}`).toMatchObject({
        requests: [],
        end: { kind: 'incomplete' },
      })
    }
  })

  it('finds nothing behind a request that ends its connection', () => {
    const bytes = `GET / HTTP/1.1\r\n${HOST}Connection: x, Close\r\n\r\n${GET}`
    expect(readRequests(bytes)).toMatchObject({
      requests: [{ target: '/' }],
      end: { kind: 'closed' },
    })
  })
})

describe('the reference for answers', () => {
  const to = { method: 'GET', version: '1.1', expectsContinue: false } as const
  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na'

  it('finds each in its order, and what is behind the last', () => {
    const read = readAnswers(`${OK}${OK}rest`, [to, to], false)
    expect([read.finals.length, read.rest, read.fault]).toEqual([2, 'rest', null])
  })

  it.each([
    ['a body without an end', 'HTTP/1.1 200 OK\r\n\r\na'],
    ['two framings', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
    ['a 100 that nobody awaits', `HTTP/1.1 100 Continue\r\n\r\n${OK}`],
    ['a status line that is none', 'HTTP/1.1 200\r\n\r\n'],
  ])('takes no %s', (_, text) => {
    expect(readAnswers(text, [to], true).fault).not.toBeNull()
  })
})
