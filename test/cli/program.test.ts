import { describe, expect, test } from 'vitest'
import { packageVersion } from '../../src/cli/package-version.ts'
import { createProgram } from '../../src/cli/program.ts'
import { runProgram } from '../../src/cli/run-program.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { SETTING_NAMES, type Settings } from '../../src/model/settings.ts'

describe('canary start', () => {
  test('hands the settings of its flags to the gateway', async () => {
    const { code, started } = await run([
      'start',
      '--proxy-listen',
      '127.0.0.1:0',
      '--access-log',
      'off',
    ])
    expect(code).toBe(0)
    expect(started).toHaveLength(1)
    expect(started[0]).toMatchObject({ proxy_listen: { port: 0 }, access_log: false })
  })

  test.each(SETTING_NAMES)('has a flag for %s', async (name) => {
    const flag = `--${name.replaceAll('_', '-')}`
    const { out } = await run(['start', '--help'])
    expect(out).toContain(`${flag} <`)
    // A value that is right for no setting comes back as wrong under the name of the flag.
    const { err } = await run(['start', flag, ' x '])
    expect(err).toContain(`${flag}: `)
  })

  test('shows defaults and examples in its help, and ends with 0', async () => {
    const { code, out, started } = await run(['start', '--help'])
    expect(code).toBe(0)
    expect(out).toMatch(/default:\s+127\.0\.0\.1:8000/)
    expect(out).toContain('Examples:')
    expect(started).toEqual([])
  })

  test('does not start on wrong settings: message and hint, no stack, exit 1', async () => {
    const { code, err, started } = await run(['start', '--workers', '3'])
    expect(code).toBe(1)
    expect(err).toContain('--workers: "3" given, must be 1')
    expect(err).toContain('see `canary start --help`')
    expect(err).not.toMatch(/\bat .*\.ts/)
    expect(started).toEqual([])
  })

  test('tells a failure of the gateway in words, with what to do next', async () => {
    const fail = () => Promise.reject(new GatewayError('cannot_listen', '127.0.0.1:8000 is taken'))
    const { code, err } = await run(['start'], fail)
    expect(code).toBe(1)
    expect(err).toBe(
      'canary: 127.0.0.1:8000 is taken\nchoose another address, or stop the program that has this one\n',
    )
  })

  test('shows no stack for a failure nobody foresaw', async () => {
    const { code, err } = await run(['start'], () => Promise.reject(new TypeError('broken')))
    expect([code, err]).toEqual([1, 'canary: broken\n'])
  })
})

test.each([
  [['start', '--proxy-listn', 'x'], '--proxy-listen'],
  [['start', 'extra'], 'too many arguments'],
  [['start', '--workers'], 'argument missing'],
  [['strat'], 'start'],
  [[], 'Usage: canary'],
])('the command line %j is a usage error: exit 2', async (argv, message) => {
  const { code, err, started } = await run(argv)
  expect(code).toBe(2)
  expect(err).toContain(message)
  expect(started).toEqual([])
})

test.each([
  [['start', "--admin-tokn=hunter2'hunter2"], "unknown option '--admin-tokn'"],
  [['start', '--admin-token', 'a', 'hunter2'], 'Expected 0 arguments but got 1.\n'],
  [['start', '--admin-token', 'hunter2'], '--admin-token: a value (not shown) given'],
  [['start', '--database', 'postgres://anna:hunter2@db/x'], '"postgres://***@db/x" given'],
])('the command line %j comes back without what may be a secret', async (argv, message) => {
  const { err } = await run(argv)
  expect(err).toContain(message)
  expect(err).not.toContain('hunter2')
})

test.each(['--version', '-V'])('canary %s prints the version of the package', async (flag) => {
  expect(await run([flag])).toMatchObject({ code: 0, out: `${packageVersion()}\n` })
  expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/)
})

async function run(argv: readonly string[], fail?: () => Promise<void>) {
  const started: Settings[] = []
  const written = { out: '', err: '' }
  const program = createProgram({
    start: async (settings) => {
      started.push(settings)
      await fail?.()
    },
    env: {},
    readFile: () => '',
  })
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      writeOut: (text) => {
        written.out += text
      },
      writeErr: (text) => {
        written.err += text
      },
    })
  }
  const code = await runProgram(program, ['node', 'canary', ...argv], (text) => {
    written.err += text
  })
  return { code, started, ...written }
}
