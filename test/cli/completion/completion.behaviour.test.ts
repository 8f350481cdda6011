import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RecordedGateway, startRecordedGateway } from '../../support/recorded-gateway.ts'
import { runCanary } from '../../support/run-canary.ts'

const BINARY = fileURLToPath(new URL('../../../bin/canary.js', import.meta.url))

describe('completion', () => {
  let gateway: RecordedGateway

  beforeEach(async () => {
    gateway = await startRecordedGateway()
    const named = (...names: string[]) => ({
      body: { data: names.map((name) => ({ name })), next: null },
    })
    gateway.answer('GET', '/releases?size=1000', named('shop-v2', 'cart-v3', '$(reboot)'))
    gateway.answer('GET', '/services?size=1000', named('shop', 'cart'))
  })

  afterEach(() => gateway.stop())

  const complete = async (...words: string[]) => {
    const env = { CANARY_ADMIN_URL: gateway.url }
    const { code, out, err } = await runCanary(['__complete', '--', ...words], { env })
    expect([code, err]).toEqual([0, ''])
    return out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0])
  }

  test.each([
    [['rele'], ['release']],
    [
      ['release', 'res'],
      ['resume', 'resume-all'],
    ],
    [
      ['release', 'freeze', ''],
      ['list', 'add', 'remove', 'help'],
    ],
    [
      ['release', 'pause', ''],
      ['shop-v2', 'cart-v3'],
    ],
    [['release', 'pause', '--reason', 'x', 'c'], ['cart-v3']],
    [
      ['release', 'list', '--service', ''],
      ['shop', 'cart'],
    ],
    [
      ['release', 'list', '--phase', 'ro'],
      ['rolling-back', 'rolled-back'],
    ],
    [['release', 'create', '-f', ''], ['']],
    [
      ['release', 'watch', 'shop-v2', '--t'],
      ['--timeout', '--token'],
    ],
    [['why', 's'], ['shop']],
    [['start', '--proxy-t'], ['--proxy-tls-listen']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['__comp'], ['']],
  ])('of %j is %j', async (words, expected) => {
    const found = await complete(...words)
    expect(found.toSorted()).toEqual(expected.toSorted())
  })

  test('has no names, and no message, where no gateway answers', async () => {
    const env = { CANARY_ADMIN_URL: 'http://127.0.0.1:1' }
    const run = await runCanary(['__complete', '--', 'release', 'pause', ''], { env })
    expect(run).toEqual({ code: 0, out: '', err: '' })
  })

  describe('in bash', () => {
    let folder: string

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'completion-'))
      const path = join(folder, 'canary')
      writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${BINARY}' "$@"\n`)
      chmodSync(path, 0o755)
    })

    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    test('offers the releases of the gateway', async () => {
      const script = `
        eval "$(canary completion bash)"
        COMP_WORDS=(canary release pause ''); COMP_CWORD=3
        _canary; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p canary`
      const offered = async () => {
        const { stdout } = await promisify(execFile)('bash', ['-c', script], {
          env: {
            ...process.env,
            PATH: `${folder}:${process.env.PATH}`,
            CANARY_ADMIN_URL: gateway.url,
          },
        })
        return stdout
      }
      // On a busy machine the names may come too late for one who waits.
      await expect.poll(offered).toBe('shop-v2\ncart-v3\ncomplete -o default -F _canary canary\n')
    })
  })
})
