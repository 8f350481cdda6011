import { describe, expect, it } from 'vitest'
import { splitPattern } from '../../src/model/split-pattern.ts'

describe('splitPattern', () => {
  it.each([
    ['/users/\\d+$', '/users/', '\\d+$'],
    ['^/users/\\d+$', '/users/', '\\d+$'],
    ['/users$', '/users', '$'],
    ['/users', '/users', ''],
    ['/v1\\.2/x-y_z~', '/v1.2/x-y_z~', ''],
    ['/a\\/b', '/a/b', ''],
    ['/ab*c', '/a', 'b*c'],
    ['/ab?c', '/a', 'b?c'],
    ['/ab{2}c', '/a', 'b{2}c'],
    ['/ab{0,1}c', '/a', 'b{0,1}c'],
    ['/ab+c', '/a', 'b+c'],
    ['/ab+(?i)?', '/a', 'b+(?i)?'],
    ['/a\\.?b', '/a', '\\.?b'],
    ['/a(/b)?/c', '/a', '(/b)?/c'],
    ['/(a|b)/c', '/', '(a|b)/c'],
    ['/a[^/|]+/b', '/a', '[^/|]+/b'],
    ['/a\\|b', '/a|b', ''],
    ['/a[]|]b', '/a', '[]|]b'],
    ['/a[^]|]b', '/a', '[^]|]b'],
    ['/a(?i)b', '/', 'a(?i)b'],
    ['/a(?i)?', '/', 'a(?i)?'],
    ['/a\\E?', '/', 'a\\E?'],
    ['/users/(?<id>\\d+)/(?:cart|orders)', '/users/', '(?<id>\\d+)/(?:cart|orders)'],
    ['/.well', '/', '.well'],
    ['/a\\x2fb', '/a', '\\x2fb'],
    ['/a\\pLb', '/a', '\\pLb'],
    ['/é', '/', 'é'],
  ])('divides %s into "%s" and "%s"', (pattern, literal, rest) => {
    expect(splitPattern(pattern)).toEqual({ literal, rest })
  })

  it.each([
    ['/a\\bx', '/a'],
    ['/a\\B/', '/a'],
    ['/a(^|/)b', '/a'],
    ['/a\\A', '/a'],
    ['/a|/b', ''],
    ['/a(b)|c', ''],
    ['/a[\\]|(]|/b', ''],
    ['/a[[:alpha:](]|/b', ''],
    ['/a\\Q|\\E', ''],
    ['|/a', ''],
    ['(?i)/users', ''],
    ['(?:/a)', ''],
    ['^?/a', ''],
    ['.*', ''],
    ['', ''],
  ])('leaves %s whole, with the literal "%s"', (pattern, literal) => {
    expect(splitPattern(pattern)).toEqual({ literal, rest: null })
  })
})
