import { describe, expect, test } from 'vitest'
import { readSettings, type SettingsInput } from '../../src/cli/settings-sources.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { stopDelayMs } from '../../src/model/settings.ts'

describe('sources', () => {
  test('without any source every setting has its documented default', () => {
    const { settings, sources } = read({})
    expect(settings).toEqual({
      proxy_listen: { host: '127.0.0.1', port: 8000 },
      admin_listen: { host: '127.0.0.1', port: 8001 },
      admin_gui_url: [],
      database: 'sqlite:./data/canary.db',
      workers: 1,
      log_level: 'info',
      access_log: true,
      allow_debug_header: false,
      reuse_port: false,
      shutdown_timeout: { milliseconds: 30_000 },
      dns_resolvers: [],
      dns_order: ['A', 'AAAA'],
      trusted_ips: [],
      real_ip_header: 'X-Real-IP',
      limits_target: 8192,
      limits_field_line: 8192,
      limits_head: 32_768,
      limits_fields: 100,
      limits_head_timeout: 10_000,
      limits_body_silence: 60_000,
      limits_body_rate: 100,
      limits_body_rate_window: 30_000,
      limits_idle: 65_000,
      limits_idle_under_load: 5_000,
      limits_requests_per_connection: 10_000,
      limits_connections: 10_000,
      limits_connections_per_address: null,
      limits_read_ahead: 10,
      limits_upgraded_idle: 300_000,
      limits_upgraded_total: null,
      limits_event_stream_idle: 300_000,
      limits_event_stream_total: null,
      limits_upstream_idle: 4_000,
      limits_upstream_idle_ceiling: 60_000,
      limits_upstream_idle_connections: 256,
      limits_upstream_requests_per_connection: 10_000,
      limits_event_loop_delay: 200,
      limits_heap: 95,
      limits_heap_keep_alive: 90,
    })
    expect(new Set(Object.values(sources).map((source) => source.kind))).toEqual(
      new Set(['default']),
    )
  })

  test('a flag beats a variable beats the file', () => {
    const file = 'log_level: warn\nworkers: 1\naccess_log: off\nproxy_listen: 127.0.0.1:1111\n'
    const { settings, sources } = read({
      flags: { config: 'canary.yaml', proxy_listen: '127.0.0.1:3333' },
      env: { CANARY_PROXY_LISTEN: '127.0.0.1:2222', CANARY_LOG_LEVEL: 'debug' },
      file,
    })
    expect(settings.proxy_listen.port).toBe(3333)
    expect(settings.log_level).toBe('debug')
    expect(settings.access_log).toBe(false)
    expect(sources.proxy_listen).toEqual({ kind: 'flag', name: '--proxy-listen' })
    expect(sources.log_level).toEqual({ kind: 'variable', name: 'CANARY_LOG_LEVEL' })
    expect(sources.access_log).toEqual({ kind: 'file', file: 'canary.yaml', line: 3 })
    expect(sources.database).toEqual({ kind: 'default' })
  })

  test('the file can be named by CANARY_CONFIG, and --config beats it', () => {
    expect(
      read({ env: { CANARY_CONFIG: 'c.yaml' }, file: 'log_level: error' }).settings.log_level,
    ).toBe('error')
    const asked: string[] = []
    readSettings({
      flags: { config: 'flag.yaml' },
      env: { CANARY_CONFIG: 'variable.yaml' },
      readFile: (path) => {
        asked.push(path)
        return ''
      },
    })
    expect(asked).toEqual(['flag.yaml'])
  })

  test('variables of others are left alone', () => {
    expect(() => read({ env: { PATH: '/bin', NOT_CANARY_X: '1' } })).not.toThrow()
  })
})

describe('wrong settings', () => {
  test('every one is listed with its source, what was given and what is allowed', () => {
    const error = failure({
      flags: { config: 'canary.yaml', workers: '4' },
      env: { CANARY_SHUTDOWN_TIMEOUT: '30', CANARY_PROXY_LISTN: 'x' },
      file: '# settings\nlog_level: loud\n\nproxy_lisen: 127.0.0.1:1\n',
    })
    expect(error.code).toBe('invalid_setting')
    expect(error.message).toContain('5 wrong settings')
    for (const part of [
      '--workers: "4" given, must be 1',
      'CANARY_SHUTDOWN_TIMEOUT: "30" given, must be a whole number with ms, s, m or h',
      'CANARY_PROXY_LISTN: unknown setting; did you mean CANARY_PROXY_LISTEN?',
      'canary.yaml line 2: log_level "loud" given, must be one of fatal, error',
      'canary.yaml line 4: unknown setting "proxy_lisen"; did you mean proxy_listen?',
    ]) {
      expect(error.message).toContain(part)
    }
    expect(error.details).toHaveLength(5)
    expect(error.details.map((detail) => detail.path)).toContainEqual(['workers'])
  })

  test('a wrong value stops the start even where a stronger source overrides it', () => {
    const error = failure({ flags: { log_level: 'info' }, env: { CANARY_LOG_LEVEL: 'loud' } })
    expect(error.message).toContain('CANARY_LOG_LEVEL')
  })

  test('an empty variable is a wrong value, not an absent one', () => {
    expect(failure({ env: { CANARY_PROXY_LISTEN: '' } }).message).toContain('"" given, must be')
  })

  test('a file that cannot be read is named with the flag that asked for it', () => {
    const unreadable = (): string => {
      throw new Error('ENOENT: no such file')
    }
    expect(() =>
      readSettings({ flags: { config: 'gone.yaml' }, env: {}, readFile: unreadable }),
    ).toThrow('--config: "gone.yaml" given, which cannot be read: ENOENT: no such file')
  })

  test('a wrong token is never shown', () => {
    const error = failure({ env: { CANARY_ADMIN_TOKEN: 'hunter2' } })
    expect(error.message).toContain('CANARY_ADMIN_TOKEN')
    expect(JSON.stringify([error.message, error.details])).not.toContain('hunter2')
  })
})

describe('a settings file that is no right YAML', () => {
  test.each([
    '{admin_token:hunter2}',
    'admin_token: |hunter2\n',
    'admin_token: }hunter2',
    'admin_token:hunter2\nlog_level: info',
    'admin_token: {hunter2: x}',
    'database: postgres://anna:hunter2@db/x',
  ])('is refused without the secret in it: %j', (file) => {
    const error = failure({ flags: { config: 'canary.yaml' }, file })
    expect(error.message).toContain('canary.yaml line 1: ')
    expect(JSON.stringify([error.message, error.details])).not.toContain('hunter2')
  })
})

describe('reuse_port', () => {
  test('needs a database and ports that the next process finds again', () => {
    const { message } = failure({
      flags: {
        reuse_port: 'on',
        database: 'sqlite::memory:',
        admin_listen: '127.0.0.1:0',
        proxy_tls_listen: '127.0.0.1:0',
      },
    })
    expect(message).toContain('--proxy-tls-listen: proxy_tls_listen must have a port of its own')
    expect(message).toContain('--database: database must be a file with reuse_port')
    expect(message).toContain('--admin-listen: admin_listen must have a port of its own')
  })

  test('goes on accepting for 5 s after a stop signal, where stop_delay says nothing else', () => {
    const delayWith = (flags: Record<string, string>) => stopDelayMs(read({ flags }).settings)
    expect(delayWith({})).toBe(0)
    expect(delayWith({ reuse_port: 'on' })).toBe(5_000)
    expect(delayWith({ reuse_port: 'on', stop_delay: '0s' })).toBe(0)
    expect(delayWith({ stop_delay: '10s' })).toBe(10_000)
  })
})

describe('the Admin API beyond loopback', () => {
  test('needs a token over TLS too', () => {
    const error = failure({ flags: { admin_tls_listen: '0.0.0.0:8444' } })
    expect(error.message).toContain('--admin-tls-listen: admin_tls_listen must be a loopback')
  })

  test.each(['0.0.0.0:8001', '[::]:8001', '192.0.2.1:8001', 'gateway.internal:8001'])(
    'needs a token on %s',
    (address) => {
      const error = failure({ flags: { admin_listen: address } })
      expect(error.message).toContain('--admin-listen: admin_listen must be a loopback address')
      const token = 'a-token-of-enough-length'
      const { settings } = read({
        flags: { admin_listen: address },
        env: { CANARY_ADMIN_TOKEN: token },
      })
      expect(settings.admin_token).toBe(token)
    },
  )

  test.each(['127.0.0.1:1', '127.8.9.10:1', '[::1]:1', 'localhost:1'])(
    'needs none on %s',
    (address) => {
      expect(() => read({ flags: { admin_listen: address } })).not.toThrow()
    },
  )

  test('a token is asked for even while another setting is wrong as well', () => {
    const error = failure({ flags: { admin_listen: '0.0.0.0:1', log_level: 'loud' } })
    expect(error.details).toHaveLength(2)
  })
})

test('one address cannot serve both traffic and the Admin API, unless the port is chosen freely', () => {
  const same = (address: string) => ({ proxy_listen: address, admin_listen: address })
  expect(failure({ flags: same('127.0.0.1:9000') }).message).toContain(
    'must differ from proxy_listen',
  )
  expect(() => read({ flags: same('127.0.0.1:0') })).not.toThrow()
})

test('no two listeners share an address', () => {
  const address = '127.0.0.1:9000'
  const flags = { proxy_tls_listen: address, admin_listen: address, admin_tls_listen: address }
  expect(failure({ flags }).details.map(({ message }) => message)).toEqual([
    '--admin-listen: admin_listen must differ from proxy_tls_listen',
    '--admin-tls-listen: admin_tls_listen must differ from proxy_tls_listen',
  ])
})

interface Given {
  readonly flags?: SettingsInput['flags']
  readonly env?: SettingsInput['env']
  readonly file?: string
}

function read({ flags = {}, env = {}, file = '' }: Given) {
  return readSettings({ flags, env, readFile: () => file })
}

function failure(given: Given): GatewayError {
  try {
    read(given)
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('the settings were accepted')
}
