import { describe, expect, test } from 'vitest'
import { readSettingsFile } from '../../src/cli/settings-file.ts'

describe('a settings file', () => {
  test('gives each setting with its text as written and its line', () => {
    const text = [
      '# comment',
      'proxy_listen: 127.0.0.1:8000',
      '"log_level": "debug"',
      'workers: 1',
      'trusted_ips:',
      '  - 10.0.0.0/8',
      '  - "::1"',
      'access_log: on',
    ].join('\n')
    const { given, problems } = readSettingsFile('canary.yaml', text)
    expect(problems).toEqual([])
    expect(given.map(({ name, text: value, source }) => [name, value, source])).toEqual([
      ['proxy_listen', '127.0.0.1:8000', line(2)],
      ['log_level', 'debug', line(3)],
      ['workers', '1', line(4)],
      ['trusted_ips', '10.0.0.0/8,::1', line(5)],
      ['access_log', 'on', line(8)],
    ])
  })

  test('may hold the limits in a section of their own, or by their whole names', () => {
    const text = 'limits:\n  head_timeout: 5s\n  connections_per_address: off\nlimits_fields: 50\n'
    const { given, problems } = readSettingsFile('canary.yaml', text)
    expect(problems).toEqual([])
    expect(given.map(({ name, text: value, source }) => [name, value, source])).toEqual([
      ['limits_head_timeout', '5s', line(2)],
      ['limits_connections_per_address', 'off', line(3)],
      ['limits_fields', '50', line(4)],
    ])
  })

  test.each(['', '\n\n', '# nothing\n', '---\n', 'limits:\n# head: 8KiB\n', 'limits: {}\n'])(
    'may be empty: %j',
    (text) => {
      expect(readSettingsFile('canary.yaml', text)).toEqual({ given: [], problems: [] })
    },
  )

  test('keeps numbers as written', () => {
    expect(readSettingsFile('f', 'workers: 0x1\n').given[0]?.text).toBe('0x1')
  })
})

describe('a broken settings file names the line', () => {
  test.each([
    ['log_level: [\n', 2, 'Flow sequence'],
    ['log_level: info\nlog_level: warn\n', 2, 'unique'],
    ['log_level: info\n---\nworkers: 1\n', 2, 'multiple documents'],
    ['- a\n', 1, 'must be a map of settings'],
    ['just text', 1, 'must be a map of settings'],
    ['\nlog_levle: info\n', 2, 'did you mean log_level?'],
    ['? [a]\n: 1\n', 1, 'unknown setting'],
    ['__proto__: 1\n', 1, 'unknown setting "__proto__"'],
    ['constructor: 1\n', 1, 'unknown setting "constructor"'],
    ['<<: {log_level: info}\n', 1, 'unknown setting "<<"'],
    ['limits:\n  head_timout: 5s\n', 2, 'did you mean limits_head_timeout?'],
    ['limits:\n  idle: [1s]\n', 2, 'limits_idle must be one value'],
    ['limits: 5\n', 1, 'limits must be a map of limits'],
    ['log_level: info\nlimits: [head]\n', 2, 'limits must be a map of limits'],
    ['limits_head: 8KiB\nlimits:\n  head: 4KiB\n', 3, 'limits_head is set on line 1 already'],
    ['limits:\n  head: 4KiB\nlimits_head: 8KiB\n', 3, 'limits_head is set on line 2 already'],
    ['workers:\n', 1, 'workers must be one value'],
    ['workers: {a: 1}\n', 1, 'workers must be one value'],
    ['log_level: info\nproxy_listen: [127.0.0.1:1]\n', 2, 'proxy_listen must be one value'],
    ['trusted_ips: [[10.0.0.0/8]]\n', 1, 'trusted_ips must be one value or a list of values'],
    ['log_level: &a info\ndatabase: *a\n', 2, 'database must be one value'],
  ])('%j', (text, at, message) => {
    const [problem, ...others] = readSettingsFile('canary.yaml', text).problems
    expect(others).toEqual([])
    expect(problem?.message).toContain(`canary.yaml line ${at}: `)
    expect(problem?.message).toContain(message)
  })

  test('and reports all problems at once', () => {
    expect(readSettingsFile('f', 'a: 1\nb: 2\nworkers: {}\n').problems).toHaveLength(3)
  })

  test('aliases cannot make it grow', () => {
    const bomb = [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
    ]
    expect(readSettingsFile('f', bomb.join('\n')).problems).toHaveLength(61)
  })
})

function line(number: number) {
  return { kind: 'file', file: 'canary.yaml', line: number }
}
