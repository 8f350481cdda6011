import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Terminal } from '../../../src/cli/terminal.ts'
import { runCanary } from '../../support/run-canary.ts'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'

const SHOP = `_format_version: "3.0"
services:
- name: shop
  host: 127.0.0.1
  routes:
  - name: shop
    paths: [/shop]
`

describe('canary config', () => {
  let folder: string
  let file: string
  let gateway: TestGateway

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'config-'))
    file = join(folder, 'kong.yaml')
    writeFileSync(file, SHOP)
    gateway = await startTestGateway()
  })

  afterEach(async () => {
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const run = (args: readonly string[], terminal: Partial<Terminal> = {}) =>
    runCanary(['config', ...args], { env: { CANARY_ADMIN_URL: gateway.node.admin }, terminal })

  test('apply makes the configuration what the file says, and tells the counts', async () => {
    expect(await run(['apply', file])).toEqual({
      code: 0,
      out: `${file}: 2 created, 0 changed, 0 deleted, 0 unchanged (configuration version 1)\n`,
      err: '',
    })
    expect((await run(['apply', file])).out).toContain(
      '0 created, 0 changed, 0 deleted, 2 unchanged',
    )
  })

  test('diff shows each step, and exits with 2 only when there is one', async () => {
    await run(['apply', file])
    expect(await run(['diff', file])).toMatchObject({ code: 0, err: '' })
    writeFileSync(
      file,
      SHOP.replace('127.0.0.1', '127.0.0.2').replace(
        '- name: shop\n    paths',
        '- name: cart\n    paths',
      ),
    )
    const { code, out } = await run(['diff', file], { isColoured: true })
    expect(code).toBe(2)
    expect(out).toContain('\u001b[32m+ routes cart (line 6)\u001b[0m\n')
    expect(out).toContain('\u001b[31m- routes shop\u001b[0m\n')
    expect(out).toContain(
      '~ services shop (line 3)\u001b[0m\n    host: "127.0.0.1" → "127.0.0.2"\n',
    )
    expect(out).toContain('1 to create, 1 to change, 1 to delete, 0 unchanged\n')
  })

  test('validate needs no gateway, and names every line', async () => {
    await run(['apply', file])
    writeFileSync(file, SHOP.replace('[/shop]', '[shop]').replace('127.0.0.1', 'a:80'))
    const { code, err } = await run(['validate', file, '--admin-url', 'http://127.0.0.1:1'])
    expect(code).toBe(1)
    expect(err).toMatch(/kong\.yaml: line 4, services\.1\.host: /)
    expect(err).toMatch(/kong\.yaml: line 7, services\.1\.routes\.1\.paths\.1: /)
    expect(err).toContain('canary: 2 problems, nothing was changed\n')
    expect((await run(['apply', file])).err).toContain('kong.yaml: line 4, services.1.host: ')
  })

  test('validate --online finds references that lead nowhere', async () => {
    writeFileSync(file, '_format_version: "3.0"\nroutes: [{paths: [/], service: gone}]')
    expect((await run(['validate', file])).code).toBe(0)
    const { code, err } = await run(['validate', file, '--online'])
    expect(code).toBe(1)
    expect(err).toContain("line 2, routes.1.service: 'gone' is none of the services in this file")
  })

  test('dump writes a file for its owner alone, which makes no difference', async () => {
    await run(['apply', file])
    const [yaml, json] = [join(folder, 'dump.yaml'), join(folder, 'dump.json')]
    expect((await run(['dump', yaml])).code).toBe(0)
    expect((await run(['dump', '--output', json])).code).toBe(0)
    expect(statSync(yaml).mode & 0o777).toBe(0o600)
    expect((await run(['diff', yaml])).code).toBe(0)
    expect((await run(['diff', json])).code).toBe(0)
    expect((await run(['dump'])).out).toBe(readFileSync(yaml, 'utf8'))
  })

  test('--select-tag leaves alone what others have', async () => {
    await gateway.admin('POST', '/services', { name: 'theirs', host: 'a.test' })
    await run(['apply', file, '--select-tag', 'mine', '--select-tag', 'shop'])
    expect((await gateway.admin('GET', '/services/shop')).tags).toEqual(['mine', 'shop'])
    const { out } = await run(['dump', '--select-tag', 'mine'])
    expect(out).not.toContain('theirs')
    expect((await run(['diff', file, '--select-tag', 'mine', '--select-tag', 'shop'])).code).toBe(0)
  })

  test('a bar shows how far a large file is', async () => {
    const consumers = Array.from({ length: 1000 }, (_, n) => `- username: user-${n}`)
    writeFileSync(file, ['_format_version: "3.0"', 'consumers:', ...consumers].join('\n'))
    const { err, out } = await run(['apply', file], { showsProgress: true })
    expect(out).toContain('1000 created')
    expect(err).toMatch(/writing +\[#+\.+\] +50 % +500 of 1000/)
    expect(err.endsWith('\r\u001b[2K')).toBe(true)
  })

  test('--watch applies again what has changed and then stayed as it is', async () => {
    const stop = new AbortController()
    let turns = 0
    const states: string[] = []
    const pause = async () => {
      turns++
      states.push(String((await gateway.adminRaw('GET', '/services/shop')).status))
      if (turns === 2) writeFileSync(file, '_format_version: "3.0"\nservices: [')
      if (turns === 5) writeFileSync(file, '_format_version: "3.0"\n')
      if (turns === 8) stop.abort()
    }
    const { out, err } = await run(['apply', file, '--watch'], { stopped: stop.signal, pause })
    expect(states.slice(0, 5)).toEqual(['200', '200', '200', '200', '200'])
    expect(states.at(-1)).toBe('404')
    expect(err).toContain('1 problem, nothing was changed')
    expect(out.match(/unchanged/g)).toHaveLength(2)
  })

  test('--watch applies what changes while the file is applied for the first time', async () => {
    const stop = new AbortController()
    const other = SHOP.replace('- name: shop\n  host', '- name: store\n  host')
    let isWritten = false
    let turns = 0
    await run(['apply', file, '--watch'], {
      stopped: stop.signal,
      pause: async () => {
        if (++turns > 4) stop.abort()
      },
      showsProgress: true,
      err: (text) => {
        // It has been read and sent by then.
        if (!isWritten && text.includes('reading')) writeFileSync(file, other)
        isWritten ||= text.includes('reading')
      },
    })
    expect((await gateway.adminRaw('GET', '/services/store')).status).toBe(200)
  })

  test('--watch tries again until a gateway answers, and says once that none does', async () => {
    const stop = new AbortController()
    let turns = 0
    const pause = async () => {
      if (++turns > 5) stop.abort()
    }
    const nobody = 'http://127.0.0.1:1'
    const { err } = await run(['apply', file, '--watch', '--admin-url', nobody], {
      stopped: stop.signal,
      pause,
    })
    expect(err.match(/no gateway answers/g)).toHaveLength(1)
    expect((await run(['apply', '-', '--watch'])).err).toContain('standard input cannot be watched')
  })

  test('validate refuses what is not UTF-8, as the gateway does', async () => {
    writeFileSync(file, Buffer.from('_format_version: "3.0"\n# \xff', 'latin1'))
    for (const command of ['validate', 'diff']) {
      const { code, err } = await run([command, file])
      expect(code).toBe(1)
      expect(err).toContain('it is not valid UTF-8')
    }
  })

  test('refuses a file of 50 MB before it is sent', async () => {
    truncateSync(file, 50_000_000)
    const { code, err } = await run(['apply', file, '--admin-url', 'http://127.0.0.1:1'])
    expect(code).toBe(1)
    expect(err).toContain('has 47.7 MiB, and at most 32 MiB are taken')
  })

  test.each([
    [['apply', 'no-such-file.yaml'], /no-such-file\.yaml cannot be read/],
    [['apply'], /missing required argument 'file'/],
    [['diff', '--colour'], /unknown option '--colour'/],
    [
      ['dump', '--admin-url', 'http://127.0.0.1:1'],
      /no gateway answers at http:\/\/127\.0\.0\.1:1: /,
    ],
  ])('%j is refused in words, with exit code 1', async (args, message) => {
    const { code, err } = await run(args)
    expect(code).toBe(1)
    expect(err).toMatch(message)
  })
})
