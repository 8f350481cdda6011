import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cookieValue } from '../../src/model/cookies.ts'

describe('the value of a cookie', () => {
  test.each<[readonly string[], string | undefined]>([
    [[], undefined],
    [[''], undefined],
    [['side=left'], 'left'],
    [['a=b; side=left; c=d'], 'left'],
    [['a=b;side=left'], 'left'],
    [[' \tside\t= left \t;'], 'left'],
    [['a=b', 'side=left'], 'left'],
    [['side=left; side=right'], 'left'],
    [['side=left', 'side=right'], 'left'],
    [['side='], ''],
    [['side="left"'], '"left"'],
    [['side=a=b=c'], 'a=b=c'],
    [['Side=left'], undefined],
    [['myside=left'], undefined],
    [['side2=left'], undefined],
    [['side'], undefined],
    [['side; x=y'], undefined],
    [['=left; ;; side=ok'], 'ok'],
  ])('in %j is %j', (headers, expected) => {
    expect(cookieValue(headers, 'side')).toBe(expected)
  })

  test('is found among any other cookies', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/)
    const value = fc.stringMatching(/^[A-Za-z0-9_=-]{0,8}$/)
    fc.assert(
      fc.property(fc.dictionary(name, value), (cookies) => {
        const header = Object.entries(cookies)
          .map(([key, text]) => `${key}=${text}`)
          .join('; ')
        for (const [key, text] of Object.entries(cookies)) {
          expect(cookieValue([header], key)).toBe(text)
        }
        expect(cookieValue([header], 'no.such.cookie')).toBeUndefined()
      }),
    )
  })
})
