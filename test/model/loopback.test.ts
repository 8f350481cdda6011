import { expect, test } from 'vitest'
import { isLoopbackAddress, isLoopbackHost } from '../../src/model/loopback.ts'

test.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['0:0:0:0:0:0:0:1', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:10.0.0.1', false],
  ['10.0.0.1', false],
  ['0.0.0.0', false],
  ['::', false],
  ['127.1', false],
  ['127.0.0.256', false],
  ['localhost', false],
  ['[::1]', false],
  ['', false],
])('%s is an address of this machine: %s', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected)
})

test.each([
  ['localhost', true],
  ['LocalHost', true],
  ['127.0.0.1', true],
  ['::1', true],
  ['[::1]', true],
  ['localhost.evil.test', false],
  ['127.0.0.1.evil.test', false],
  ['[10.0.0.1]', false],
  ['[', false],
  ['evil.test', false],
])('%s is a host of this machine: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected)
})
