import fc from 'fast-check'
import type { ValidRequest } from './valid-requests.ts'

/** Changes a request by its lines; `at` picks one. */
export type LineChange = (request: ValidRequest, at: number) => ValidRequest

const LINES = [
  ...['Content-Length: 3', 'Content-Length: 0', 'Transfer-Encoding: chunked', 'Host: shop.test'],
  ...['Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: identity', 'Transfer-Encoding:'],
  ...['Transfer-Encoding: chunked, chunked', 'Transfer-Encoding: \x0bchunked', 'Host: evil.test'],
  ...[
    ' folded',
    '\tfolded',
    'X-Fz-A : 1',
    ': nameless',
    'nameless',
    'X-Fz-A',
    'X\xe4: 1',
    'X-Fz-A: \0',
  ],
  ...[
    'Expect: 100-continue',
    'Expect: miracles',
    'Connection: close',
    'Connection: close, keep-alive',
  ],
  ...[
    'Connection: keep-alive',
    'Connection: Content-Length, Host',
    'Content-Length : 3',
    'X-Fz-A: \x7f',
  ],
]

const LENGTHS = [
  '',
  '+3',
  '-3',
  '0x3',
  '3,3',
  '3, 4',
  '3 3',
  '3.0',
  '3;',
  '99999999999999999999',
  '\xb2',
]

export const lineChange: fc.Arbitrary<LineChange> = fc.oneof(
  fc.constantFrom(...LINES).map(
    (line): LineChange =>
      (request, at) =>
        withFields(request, request.fields.toSpliced(at % (request.fields.length + 1), 0, line)),
  ),
  fc.constant<LineChange>(twice),
  fc.constant<LineChange>(without),
  fc.constant<LineChange>(rotated),
  fc.constant<LineChange>(recased),
  fc.constantFrom(...LENGTHS).map(
    (length): LineChange =>
      (request) =>
        withFields(
          request,
          request.fields.map((line) => replaceLength(line, () => length)),
        ),
  ),
  fc.constantFrom(-2, -1, 1, 2, 40).map(
    (more): LineChange =>
      (request) =>
        withFields(
          request,
          request.fields.map((line) =>
            replaceLength(line, (given) => String(Math.max(0, Number(given) + more))),
          ),
        ),
  ),
  fc.constantFrom('TRACE', 'CONNECT', 'get', 'GE T', '', 'UNKNOWN', 'PRI').map(
    (method): LineChange =>
      ({ requestLine, ...rest }) => ({
        requestLine: requestLine.replace(/^\S+/, method),
        ...rest,
      }),
  ),
  fc
    .constantFrom(
      ' HTTP/2.0',
      ' HTTP/0.9',
      ' HTTP/1.2',
      ' http/1.1',
      '',
      ' HTTP/1.1 ',
      '  HTTP/1.1',
    )
    .map(
      (version): LineChange =>
        ({ requestLine, ...rest }) => ({
          requestLine: requestLine.replace(/ HTTP.*$/, version),
          ...rest,
        }),
    ),
  fc
    .constantFrom(
      '*',
      'a',
      '/a#b',
      '/%zz',
      '/%00',
      '/\xe4',
      'ftp://shop.test/',
      'http://u@shop.test/',
    )
    .map(
      (target): LineChange =>
        ({ requestLine, ...rest }) => ({
          requestLine: requestLine.replace(/ \S+ /, ` ${target} `),
          ...rest,
        }),
    ),
)

function withFields(request: ValidRequest, fields: readonly string[]): ValidRequest {
  return { ...request, fields }
}

function twice(request: ValidRequest, at: number): ValidRequest {
  const line = request.fields[at % Math.max(1, request.fields.length)]
  return line === undefined ? request : withFields(request, [...request.fields, line])
}

function without(request: ValidRequest, at: number): ValidRequest {
  return withFields(request, request.fields.toSpliced(at % Math.max(1, request.fields.length), 1))
}

function rotated(request: ValidRequest, at: number): ValidRequest {
  const from = at % Math.max(1, request.fields.length)
  return withFields(request, [...request.fields.slice(from), ...request.fields.slice(0, from)])
}

function recased(request: ValidRequest, at: number): ValidRequest {
  const swap = (line: string, index: number) =>
    (index + at) % 2 === 0
      ? line.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())
      : line.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return withFields(request, request.fields.map(swap))
}

function replaceLength(line: string, change: (given: string) => string): string {
  return line.replace(/^(content-length: *)(\d+)$/i, (_, name, given) => `${name}${change(given)}`)
}
