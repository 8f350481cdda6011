import type { WireCase } from './wire-case.ts'

const HOST = 'Host: shop.test\r\n'
const GET = `GET /next HTTP/1.1\r\n${HOST}\r\n`
const upgrade = (method: string, framing = ''): string =>
  `${method} / HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: h2c\r\n${framing}\r\n`
const withBody = `${upgrade('POST', 'Content-Length: 5\r\n')}abcde`
const outer = `POST /outer HTTP/1.1\r\n${HOST}Content-Length: ${GET.length}\r\n\r\n`

/** What the gateway once did otherwise than the reference, by name; a failed run says how its case is written. */
export const KEPT_CASES: Readonly<Record<string, WireCase>> = {
  'a request behind one that asks for h2c': { bytes: withBody + GET, cuts: [] },
  'the same with its head in two pieces': { bytes: withBody + GET, cuts: [withBody.length + 9] },
  'a request in the body of one behind one that asks for h2c': {
    bytes: withBody + outer + GET + GET,
    cuts: [withBody.length + outer.length],
  },
  'no request behind one that asks for h2c': {
    bytes: `${upgrade('GET')}0005\r\n0\r\n\r\n`,
    cuts: [],
  },
  'a broken body of a request that asks for h2c': {
    bytes: `${upgrade('PUT', 'Transfer-Encoding: chunked\r\n')}zz\r\n`,
    cuts: [],
  },
  'bytes beyond ASCII with an expectation': {
    bytes: `PUT / HTTP/1.1\r\n${HOST}X-Fz-A: \xe4\xff\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nok`,
    cuts: [],
  },
  'close and keep-alive on HTTP/1.0': {
    bytes: `POST / HTTP/1.0\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n${GET}`,
    cuts: [],
  },
  'no request behind the chunks of one about the server': {
    bytes: `OPTIONS * HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n /a HTTP/1.1\r\n`,
    cuts: [],
  },
  'a request behind the chunks of one about the server, with a space too many': {
    bytes: `OPTIONS * HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0;a="\\"" \r\n\r\n${GET}`,
    cuts: [97],
  },
  'a broken body of a HEAD that waits for its turn': {
    bytes: `${GET}HEAD / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0;a \r\n\r\n`,
    cuts: [],
  },
}
