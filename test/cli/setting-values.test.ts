import { describe, expect, test } from 'vitest'
import { readEnvironment } from '../../src/cli/settings-environment.ts'
import {
  parseDatabase,
  parseDuration,
  parseListenAddress,
  parseNetworks,
  parseOrigins,
  parsePublicUrl,
  parseSwitch,
} from '../../src/model/setting-values.ts'
import { defaultText, SETTING_NAMES, SETTINGS_SCHEMA } from '../../src/model/settings.ts'

describe('a listen address', () => {
  test.each([
    ['127.0.0.1:8000', '127.0.0.1', 8000],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['[::1]:65535', '::1', 65_535],
    ['[::FFFF:10.0.0.1]:1', '::ffff:10.0.0.1', 1],
    ['LocalHost:80', 'localhost', 80],
    ['gw-1.example.com:80', 'gw-1.example.com', 80],
  ])('%s is read', (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ kind: 'ok', value: { host, port } })
  })

  test.each([
    '',
    '8000',
    ':8000',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    '127.0.0.1:80a',
    '1.2.3:80',
    '1.2.3.400:80',
    '::1:80',
    '[::1',
    '[::1]',
    '[::1]80',
    '[zz]:80',
    'http://a:80',
    'a b:80',
    '-a:80',
    'a-:80',
    '127.0.0.1:8000 ',
  ])('%j is refused', (text) => {
    expect(parseListenAddress(text).kind).toBe('wrong')
  })
})

describe('a duration', () => {
  test.each([
    ['30s', 30_000],
    ['1500ms', 1500],
    ['2m', 120_000],
    ['24h', 86_400_000],
    ['0s', 0],
  ])('%s is %i ms', (text, milliseconds) => {
    expect(parseDuration(text)).toEqual({ kind: 'ok', value: { milliseconds } })
  })

  test.each(['', '30', '30 s', '-1s', '1.5s', '1d', '25h', '999999999h', 's', 'Infinitys'])(
    '%j is refused',
    (text) => {
      expect(parseDuration(text).kind).toBe('wrong')
    },
  )
})

test('a switch knows on, off, true and false and nothing else', () => {
  const read = ['on', 'true', 'off', 'false'].map((text) => parseSwitch(text))
  expect(read.map((parsed) => parsed.kind === 'ok' && parsed.value)).toEqual([
    true,
    true,
    false,
    false,
  ])
  for (const text of ['', 'yes', 'ON', '1']) expect(parseSwitch(text).kind).toBe('wrong')
})

test('a database is a SQLite file; PostgreSQL is refused by its name', () => {
  expect(parseDatabase('sqlite:./data/canary.db').kind).toBe('ok')
  expect(parseDatabase('sqlite::memory:').kind).toBe('ok')
  for (const text of ['', 'sqlite:', 'data/canary.db', 'mysql://x']) {
    expect(parseDatabase(text).kind).toBe('wrong')
  }
  for (const text of ['postgres://db/x', 'postgresql://db/x']) {
    expect(parseDatabase(text)).toMatchObject({
      allowed: expect.stringContaining('PostgreSQL is not'),
    })
  }
})

describe('networks', () => {
  test('are addresses and blocks, separated by commas or spaces', () => {
    expect(parseNetworks('10.0.0.0/8, 192.0.2.1 ::1,2001:db8::/32')).toEqual({
      kind: 'ok',
      value: ['10.0.0.0/8', '192.0.2.1', '::1', '2001:db8::/32'],
    })
    expect(parseNetworks('')).toEqual({ kind: 'ok', value: [] })
  })

  test.each([
    '10',
    '10.0.0/8',
    '10.0.0.0/33',
    '::1/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '010.0.0.1',
    'unix:',
    'fe80::1%eth0',
  ])('%s is refused by name', (text) => {
    expect(parseNetworks(`127.0.0.1,${text}`)).toMatchObject({
      allowed: expect.stringContaining(JSON.stringify(text)),
    })
  })
})

describe('origins', () => {
  test('are taken out of URLs separated by commas or spaces', () => {
    const urls = 'https://Manager.Example:8445/login, http://localhost:80 https://a.test/?b#c'
    expect(parseOrigins(urls)).toEqual({
      kind: 'ok',
      value: ['https://manager.example:8445', 'http://localhost', 'https://a.test'],
    })
    expect(parseOrigins('')).toEqual({ kind: 'ok', value: [] })
  })

  test.each(['*', 'null', 'manager.example', 'ftp://a.test', 'https://', 'chrome-extension://a'])(
    '%s is refused by name',
    (text) => {
      expect(parseOrigins(`https://a.test,${text}`)).toMatchObject({
        allowed: expect.stringContaining(JSON.stringify(text)),
      })
    },
  )
})

describe('a public URL', () => {
  test.each([
    ['https://Canary.Example', 'https://canary.example'],
    ['http://canary.example:8080/', 'http://canary.example:8080'],
    ['https://ops.example/canary/', 'https://ops.example/canary'],
  ])('%s begins links as %s', (text, value) => {
    expect(parsePublicUrl(text)).toEqual({ kind: 'ok', value })
  })

  test.each([
    '',
    'canary.example',
    'ftp://a.test',
    'https://',
    'https://a.test/?b=c',
    'https://a.test/#b',
    'https://user:secret@a.test',
    'https://a.test/b c',
  ])('%s is refused', (text) => {
    expect(parsePublicUrl(text)).toMatchObject({
      allowed: expect.stringContaining('http or https URL'),
    })
  })
})

test('a real_ip_header is a plain header name', () => {
  const { real_ip_header: schema } = SETTINGS_SCHEMA.shape
  expect(schema.safeParse('CF-Connecting-IP').success).toBe(true)
  for (const text of ['', 'proxy_protocol', 'X Real', 'X-Real-IP:']) {
    expect(schema.safeParse(text).success).toBe(false)
  }
})

test.each(SETTING_NAMES)(
  '%s says what it is, what a value looks like and what the default is',
  (name) => {
    const { description, placeholder } = SETTINGS_SCHEMA.shape[name].meta() ?? {}
    expect(description).toMatch(/^[A-Z].{20,}\.$/)
    expect(placeholder).toMatch(/./)
    const { given, problems } = readEnvironment({
      [`CANARY_${name.toUpperCase()}`]: defaultText(name),
    })
    expect(given).toHaveLength(1)
    expect(problems).toEqual([])
  },
)
