import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizePath } from '../../src/model/normalize-path.ts'

describe('normalizePath', () => {
  it.each([
    // Dot segments: RFC 3986 section 5.2.4 and its examples.
    ['/a/b/c/./../../g', '/a/g'],
    ['/mid/content=5/../6', '/mid/6'],
    ['/.', '/'],
    ['/..', '/'],
    ['/./', '/'],
    ['/../', '/'],
    ['/../../etc/passwd', '/etc/passwd'],
    ['/a/.', '/a/'],
    ['/a/..', '/'],
    ['/a/b/..', '/a/'],
    ['/a/./b', '/a/b'],
    ['/a/...', '/a/...'],
    ['/.well-known/x', '/.well-known/x'],
    ['/a/..b/.c', '/a/..b/.c'],
    // Empty segments.
    ['//', '/'],
    ['//a///b//', '/a/b/'],
    ['/a//../b', '/b'],
    ['//example.com/x', '/example.com/x'],
    // Unreserved escapes are decoded, once.
    ['/%61%5A%30%2D%2E%5F%7e', '/aZ0-._~'],
    ['/%2e%2e/a', '/a'],
    ['/a/%2E%2e/b', '/b'],
    ['/route%2E%2E/req', '/route../req'],
    ['/%252e%252e/a', '/%252e%252e/a'],
    ['/%2561', '/%2561'],
    // All other escapes stay, in upper case.
    ['/a%2fb', '/a%2Fb'],
    ['/..%2f..', '/..%2F..'],
    ['/a%5c..%5cb', '/a%5C..%5Cb'],
    ['/a%3bb;c', '/a%3Bb;c'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/%3F%23%25', '/%3F%23%25'],
    ['/%20', '/%20'],
    // What a path may not hold is escaped.
    ['/a b', '/a%20b'],
    ['/a\\..\\b', '/a%5C..%5Cb'],
    ['/"<>^`{|}', '/%22%3C%3E%5E%60%7B%7C%7D'],
    ['/a#b', '/a%23b'],
    ['/a?b', '/a%3Fb'],
    ['/\u00c3\u00a9', '/%C3%A9'],
    ['/\u007f\u0001', '/%7F%01'],
    // Kong leaves these as they are.
    ['/a[0]', '/a[0]'],
    ["/!$&'()*+,;=:@-._~", "/!$&'()*+,;=:@-._~"],
  ])('of %j is %j', (rawPath, path) => {
    expect(normalizePath(rawPath)).toEqual({ kind: 'ok', path })
  })

  it.each([
    ['', 'the path does not begin with "/"'],
    ['*', 'the path does not begin with "/"'],
    ['a/b', 'the path does not begin with "/"'],
    ['/%', 'the path holds "%" without two hexadecimal digits after it'],
    ['/%4', 'the path holds "%" without two hexadecimal digits after it'],
    ['/%4g', 'the path holds "%" without two hexadecimal digits after it'],
    ['/%%41', 'the path holds "%" without two hexadecimal digits after it'],
    ['/%u0041', 'the path holds "%" without two hexadecimal digits after it'],
    ['/a%00b', 'the path holds an encoded NUL'],
    ['/a\u0000b', 'the path holds a NUL'],
    ['/\u20ac', 'the path holds a character that is no byte'],
  ])('refuses %j: %s', (rawPath, reason) => {
    expect(normalizePath(rawPath)).toEqual({ kind: 'invalid', reason })
  })

  const hostilePath = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '/',
          '.',
          '..',
          '/../',
          '//',
          '%2e',
          '%2F',
          '%5c',
          '%25',
          '%00',
          '%',
          ';',
          '\\',
        ),
        fc.constantFrom('a', 'é', ' ', '%61', '%C3%a9', '[', '#', 'b.c', '~'),
        fc.string({ unit: 'binary-ascii', maxLength: 3 }),
      ),
      { maxLength: 14 },
    )
    .map((parts) => `/${parts.join('')}`)

  it('is its own normal form, has no dot or empty segments and only path characters', () => {
    fc.assert(
      fc.property(hostilePath, (rawPath) => {
        const normal = normalizePath(rawPath)
        if (normal.kind === 'invalid') return
        expect(normalizePath(normal.path)).toEqual(normal)
        expect(normal.path).toMatch(/^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/[\]]|%[0-9A-F]{2})*$/)
        expect(normal.path).not.toMatch(/\/\/|\/\.\.?(\/|$)/)
        expect(normal.path).not.toMatch(/%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])/)
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps reserved bytes as they came: as many escaped slashes, backslashes and semicolons', () => {
    fc.assert(
      fc.property(hostilePath, (rawPath) => {
        fc.pre(!rawPath.includes('.') && !/%2e/i.test(rawPath))
        const normal = normalizePath(rawPath)
        if (normal.kind === 'invalid') return
        const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0
        expect(count(normal.path, /%2F/g)).toBe(count(rawPath, /%2f/gi))
        expect(count(normal.path, /%5C/g)).toBe(count(rawPath, /%5c|\\/gi))
        expect(count(normal.path, /;/g)).toBe(count(rawPath, /;/g))
        expect(count(normal.path, /%25/g)).toBe(count(rawPath, /%25/g))
      }),
    )
  })

  it('agrees with WHATWG URL on dot segments', () => {
    const part = fc.constantFrom('a', 'b', '.', '..', '%2e', '%2E.', '...')
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), fc.boolean(), (parts, slash) => {
        const rawPath = `/${parts.join('/')}${slash ? '/' : ''}`
        const path = new URL(rawPath, 'http://host').pathname
        expect(normalizePath(rawPath)).toEqual({ kind: 'ok', path })
      }),
    )
  })
})
