import { describe, expect, it } from 'vitest'
import { GATE } from '../../../src/releases/document/gate.ts'

const messagesOf = (given: object) => {
  const base = { url: 'https://gates.example/check', name: 'load test', type: 'confirm-rollout' }
  const result = GATE.safeParse({ ...base, ...given })
  return result.success ? [] : result.error.issues.map(({ message }) => message)
}

describe('a gate', () => {
  it.each(['https://gates.example/check', 'http://127.0.0.1:9000/', 'http://[::1]/x'])(
    'may be at %s',
    (url) => expect(messagesOf({ url })).toEqual([]),
  )

  const FORBIDDEN =
    'is not allowed: link-local, multicast, unspecified and metadata addresses are no destinations'
  it.each([
    ['http://169.254.169.254/latest', `169.254.169.254 ${FORBIDDEN}`],
    ['http://2852039166/', `169.254.169.254 ${FORBIDDEN}`],
    ['http://0xa9.0xfe.0xa9.0xfe/', `169.254.169.254 ${FORBIDDEN}`],
    ['http://[::ffff:169.254.169.254]/', `[::ffff:a9fe:a9fe] ${FORBIDDEN}`],
    ['http://0/', `0.0.0.0 ${FORBIDDEN}`],
    ['ftp://gates.example/', "'ftp://gates.example/' is no http or https URL"],
    ['gates.example', "'gates.example' is no http or https URL"],
    [
      'https://me:secret@gates.example/',
      'must not hold a user and password: give a secret, which signs the request',
    ],
  ])('may not be at %s', (url, message) => expect(messagesOf({ url })).toEqual([message]))

  it('waits for some time, and asks not more often than each second', () => {
    expect(messagesOf({ timeout: '0s' })).toEqual(["'0s' is not from 100ms to 10m"])
    expect(messagesOf({ timeout: '11m' })).toEqual(["'11m' is not from 100ms to 10m"])
    expect(messagesOf({ interval: '500ms' })).toEqual(["'500ms' is not from 1s to 1d"])
  })
})
