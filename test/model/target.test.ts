import { describe, expect, test } from 'vitest'
import { TARGET_DEFINITION } from '../../src/model/target.ts'
import { OTHER_ID, parse, problems, SOME_ID } from './entity-input.ts'

const upstream = { id: OTHER_ID }

describe('target', () => {
  test('has the defaults of Kong and keeps milliseconds', () => {
    expect(parse('targets', { upstream, target: 'a.b:80', created_at: 1700000000.123 })).toEqual({
      id: SOME_ID,
      created_at: 1700000000.123,
      updated_at: 1700000001,
      upstream,
      target: 'a.b:80',
      weight: 100,
      tags: null,
    })
    expect(TARGET_DEFINITION.hasFractionalTimestamps).toBe(true)
  })

  test.each([
    ['example.com', 'example.com:8000'],
    ['example.com:80', 'example.com:80'],
    ['10.0.0.1', '10.0.0.1:8000'],
    ['10.0.0.1:1', '10.0.0.1:1'],
    ['::1', '[0000:0000:0000:0000:0000:0000:0000:0001]:8000'],
    ['[::1]', '[0000:0000:0000:0000:0000:0000:0000:0001]:8000'],
    ['[2001:DB8::ff]:443', '[2001:0db8:0000:0000:0000:0000:0000:00ff]:443'],
    ['[::ffff:10.0.0.1]:80', '[0000:0000:0000:0000:0000:ffff:0a00:0001]:80'],
    ['my_host:08080', 'my_host:8080'],
  ])('%s is stored as %s', (given, stored) => {
    expect(parse('targets', { upstream, target: given }).target).toBe(stored)
    expect(parse('targets', { upstream, target: stored }).target).toBe(stored)
  })

  test.each([
    '169.254.169.254',
    '169.254.0.1:80',
    '0.0.0.0',
    '224.0.0.1:80',
    '255.255.255.255',
    '100.100.100.200',
    '192.0.0.192',
    '[::]:80',
    'fe80::1',
    'ff02::1',
    'fd00:ec2::254',
    '[::ffff:169.254.169.254]:80',
  ])('%s is refused: no service is there, but secrets may be', (target) => {
    const message =
      'must not be a link-local, multicast, broadcast, unspecified or cloud metadata address'
    const host = target.replace(/:80$/, '')
    expect(problems('targets', { upstream, target })).toEqual({ target: message })
    expect(problems('services', { host })).toEqual({ host: message })
    const config = { upstream_host: host }
    expect(problems('plugins', { name: 'canary', config })).toEqual({
      'config.upstream_host': message,
    })
  })

  test.each(['127.0.0.1', '10.0.0.1', '192.168.0.1', '::1', 'fd00::1', '100.64.0.1'])(
    '%s is a target like any other',
    (target) => {
      expect(problems('targets', { upstream, target })).toEqual({})
    },
  )

  test.each([
    ['a b'],
    ['a.b:'],
    ['a.b:x'],
    ['a.b:65536'],
    ['1.2.3.256'],
    ['[::1'],
    ['[::1]80'],
    ['[a.b]:80'],
    ['::1:zz'],
    ['http://a.b'],
    ['fe80::1%eth0'],
    ['a.b:80:80'],
  ])('%s is refused', (target) => {
    expect(problems('targets', { upstream, target })).toEqual({
      target: `Invalid target ('${target}'); not a valid hostname or ip address`,
    })
  })

  test('upstream and target must be given, the weight is limited', () => {
    expect(problems('targets', { weight: 65536 })).toEqual({
      upstream: 'required field missing',
      target: 'required field missing',
      weight: 'value should be between 0 and 65535',
    })
    expect(problems('targets', { upstream: null, target: null, weight: null })).toEqual({
      upstream: 'required field missing',
      target: 'required field missing',
      weight: 'required field missing',
    })
  })
})
