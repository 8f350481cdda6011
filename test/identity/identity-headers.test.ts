import { validateHeaderValue } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NOBODY_CALLER } from '../../src/identity/caller.ts'
import { callerByKey, memberByIdOrUsername } from '../../src/identity/directory.ts'
import { headerFromText, textFromHeader } from '../../src/model/header-text.ts'
import { consumer, credential, directoryOf } from './support.ts'

describe('headers that tell the upstream who is there', () => {
  const directory = directoryOf([
    consumer('bob', 'crm-7'),
    credential('bob', 'k1'),
    consumer(null, 'only-custom'),
  ])

  test('name consumer and credential', () => {
    expect(callerByKey(directory, 'k1', 0)?.headers).toEqual([
      ['X-Consumer-ID', 'consumer-bob'],
      ['X-Consumer-Custom-ID', 'crm-7'],
      ['X-Consumer-Username', 'bob'],
      ['X-Credential-Identifier', 'credential-k1'],
    ])
  })

  test('leave out what is not known, and say when the consumer is anonymous', () => {
    const member = memberByIdOrUsername(directory, 'consumer-only-custom')
    expect(member?.anonymous.headers).toEqual([
      ['X-Consumer-ID', 'consumer-only-custom'],
      ['X-Consumer-Custom-ID', 'only-custom'],
      ['X-Anonymous-Consumer', 'true'],
    ])
  })

  test('are none for nobody', () => {
    expect(NOBODY_CALLER.headers).toEqual([])
  })
})

describe('text in a header', () => {
  test.each([
    ['bob', 'bob'],
    ['Zoë', 'ZoÃ«'],
    ['a\r\nX-Consumer-Username: root', 'a%0D%0AX-Consumer-Username: root'],
    ['tab\tnul\0del\x7f', 'tab%09nul%00del%7F'],
  ])('%j is sent as %j', (text, value) => {
    expect(headerFromText(text)).toBe(value)
  })

  test('can always be sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => validateHeaderValue('x-consumer-username', headerFromText(text))).not.toThrow()
      }),
    )
  })

  test('without control characters comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(textFromHeader(headerFromText(text))).toBe(text)
      }),
    )
  })
})
