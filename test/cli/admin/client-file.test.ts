import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { adminAddress } from '../../../src/cli/admin/admin-options.ts'
import { clientFilePath, parseClientFile } from '../../../src/cli/admin/client-file.ts'

describe('the gateway that commands ask', () => {
  let home: string
  let file: string
  const warned: string[] = []
  const terminal = { err: (text: string) => void warned.push(text) }

  beforeEach(() => {
    warned.length = 0
    home = mkdtempSync(join(tmpdir(), 'home-'))
    mkdirSync(join(home, '.config', 'canary'), { recursive: true })
    file = join(home, '.config', 'canary', 'config.yaml')
    writeFileSync(file, 'admin_url: http://file:1\nadmin_token: of-file\n', { mode: 0o600 })
  })

  afterEach(() => rmSync(home, { recursive: true, force: true }))

  test('is that of the flags, else of the variables, else of the file, else on this machine', () => {
    const env = { HOME: home }
    expect(adminAddress({}, {}, terminal)).toEqual({ url: 'http://127.0.0.1:8001', token: null })
    expect(adminAddress({}, env, terminal)).toEqual({ url: 'http://file:1', token: 'of-file' })
    const withVariables = {
      ...env,
      CANARY_ADMIN_URL: 'http://env:2',
      CANARY_ADMIN_TOKEN: 'of-env',
    }
    expect(adminAddress({}, withVariables, terminal)).toEqual({
      url: 'http://env:2',
      token: 'of-env',
    })
    expect(adminAddress({ adminUrl: 'http://flag:3' }, withVariables, terminal)).toEqual({
      url: 'http://flag:3',
      token: 'of-env',
    })
  })

  test('gets the token of the file only when it is the gateway of the file', () => {
    const env = { HOME: home, CANARY_ADMIN_URL: 'http://other:2' }
    expect(adminAddress({}, env, terminal)).toEqual({ url: 'http://other:2', token: null })
    expect(warned).toEqual([])
  })

  test('is warned of when others may read its token', () => {
    chmodSync(file, 0o644)
    adminAddress({}, { HOME: home }, terminal)
    expect(warned).toEqual([
      `canary: ${file} holds a token and others may read it; close it with: chmod 600 ${file}\n`,
    ])
  })

  test('the file lies below XDG_CONFIG_HOME where that is an absolute path', () => {
    expect(clientFilePath({ HOME: '/home/a', XDG_CONFIG_HOME: '/etc/xdg' })).toBe(
      '/etc/xdg/canary/config.yaml',
    )
    expect(clientFilePath({ HOME: '/home/a', XDG_CONFIG_HOME: 'x' })).toBe(
      '/home/a/.config/canary/config.yaml',
    )
    expect(clientFilePath({})).toBe(null)
  })

  test.each([
    ['admin_tokn: hunter2', 'c.yaml line 1: unknown setting; did you mean admin_token?'],
    ['admin_url: http://a\nadmin_token: [hunter2]', 'c.yaml line 2: admin_token must be text'],
    ['- hunter2', 'c.yaml: must be a map, for example `admin_url: http://127.0.0.1:8001`'],
    ['admin_token: "hunter2', /^c\.yaml line 1: (?!.*hunter2)/],
  ])('what is wrong with it is said without its values: %j', (text, message) => {
    expect(() => parseClientFile('c.yaml', text)).toThrow(message)
  })
})
