import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCanary } from '../../support/run-canary.ts'
import { startTestGateway } from '../../support/test-gateway.ts'

test('a release is created, paused, listed, rolled back and told of on a real gateway', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'release-'))
  const file = join(folder, 'shop-v2.yaml')
  const text = `name: shop-v2
service: shop
canary: {upstream_port: 9002}
steps:
- {percentage: 10, hold: 1h}
`
  const gateway = await startTestGateway()
  const run = (...args: string[]) =>
    runCanary(args, { env: { CANARY_ADMIN_URL: gateway.node.admin, USER: 'anna' } })
  try {
    await gateway.admin('POST', '/services', { name: 'shop', host: '127.0.0.1', port: 9001 })
    writeFileSync(file, text.replace('10,', '101,'))
    const wrong = await run('release', 'create', '-f', file)
    expect(wrong.code).toBe(1)
    expect(wrong.err).toContain('line 5, steps.1.percentage: ')
    writeFileSync(file, text)
    const created = await run('release', 'create', '-f', file)
    expect([created.code, created.err]).toEqual([0, ''])
    expect(created.out).toContain('created shop-v2 for service shop\n')
    const share = async () => (await run('release', 'list')).out
    await expect.poll(share).toMatch(/shop-v2 +shop +◌ progressing +1\/1 +10 %/)
    const paused = await run('release', 'pause', 'shop-v2', '--reason', 'logs', '--as', 'zoë')
    expect(paused.out).toContain('॥ paused: logs\n')
    expect((await run('flip', 'shop')).err).toContain('use it: canary release promote shop-v2')
    expect((await run('release', 'start', 'shop-v2')).code).not.toBe(2)
    expect((await run('rollback', 'shop', '--reason', 'errors')).out).toContain(
      '✖ rolled-back: errors',
    )
    expect((await run('release', 'watch', 'shop-v2')).code).toBe(1)
    expect((await run('release', 'events', 'shop-v2')).out).toContain('zoë  paused: logs\n')
    expect((await run('release', 'history', 'shop')).out).toMatch(
      /✖ rolled-back .* 10 % +anna +errors/,
    )
  } finally {
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
