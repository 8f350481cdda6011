import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startGateway } from '../../fixtures/support/start-gateway.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

describe('a gateway that is started with a declarative file', () => {
  let folder: string
  let path: string
  let upstream: TestUpstream
  let gateway: TestGateway | null

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'declarative-'))
    path = join(folder, 'kong.yaml')
    upstream = await startUpstream('one', (_request, response) => response.end('one'))
    gateway = null
  })

  afterEach(async () => {
    await gateway?.stop()
    await upstream.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const file = (routePath: string) => `_format_version: "3.0"
services:
- name: shop
  url: http://127.0.0.1:${upstream.port}
  routes: [{name: shop, paths: [${routePath}]}]
`
  const start = async (text: string): Promise<TestGateway> => {
    writeFileSync(path, text)
    gateway = await startTestGateway({ settings: { declarative: path } })
    return gateway
  }
  const statusOf = async ({ node }: TestGateway, target: string) =>
    (await fetch(`${node.proxy}${target}`)).status

  test('serves it, and reads it again when it is told to', async () => {
    const running = await start(file('/shop'))
    expect(await statusOf(running, '/shop')).toBe(200)
    const { id } = await running.admin('GET', '/services/shop')
    writeFileSync(path, file('/store'))
    expect(await running.node.reload?.()).toMatchObject({ changed: 1, unchanged: 1 })
    expect(await statusOf(running, '/store')).toBe(200)
    expect(await statusOf(running, '/shop')).toBe(404)
    expect((await running.admin('GET', '/services/shop')).id).toBe(id)
  })

  test('has the same ids after the next start, and with them the same salt of canaries', async () => {
    const first = await start(file('/shop'))
    const { id } = await first.admin('GET', '/services/shop')
    await first.stop()
    const second = await start(file('/shop'))
    expect((await second.admin('GET', '/services/shop')).id).toBe(id)
  })

  test('keeps the last good one when a new one is wrong', async () => {
    const running = await start(file('/shop'))
    writeFileSync(path, file('no-slash'))
    await expect(running.node.reload?.()).rejects.toThrow(/line 5, services.1.routes.1.paths.1: /)
    expect(await statusOf(running, '/shop')).toBe(200)
  })

  test('does not start with a wrong one, or none', async () => {
    await expect(start(file('no-slash'))).rejects.toThrow(/kong.yaml is invalid:\n {2}line 5, /)
    rmSync(path)
    await expect(startTestGateway({ settings: { declarative: path } })).rejects.toThrow(
      /kong.yaml cannot be read/,
    )
  })

  test.each([
    ['POST', '/services', { name: 'a', host: 'a.test' }, "cannot create 'services' entities"],
    ['PATCH', '/services/shop', { port: 1 }, "cannot update 'services' entities"],
    ['DELETE', '/routes/shop', undefined, "cannot remove 'routes' entities"],
    ['POST', '/services/shop/plugins', { name: 'key-auth' }, "cannot create 'plugins' entities"],
  ])('answers %s %s with 405', async (method, target, body, message) => {
    const running = await start(file('/shop'))
    const answer = await running.adminRaw(method, target, body)
    expect(answer.status).toBe(405)
    expect(await answer.json()).toEqual({
      code: 12,
      name: 'operation unsupported',
      message: `${message} when not using a database`,
    })
  })

  test('reads its file again on SIGHUP, as a process of its own', async () => {
    writeFileSync(path, file('/shop'))
    const lines: unknown[] = []
    const running = await startGateway({
      flags: ['--declarative', path],
      onLine: ({ msg }) => lines.push(msg),
    })
    try {
      writeFileSync(path, file('no-slash'))
      process.kill(running.pid, 'SIGHUP')
      await expect.poll(() => lines).toContain('declarative file not applied')
      writeFileSync(path, file('/store'))
      process.kill(running.pid, 'SIGHUP')
      await expect.poll(() => lines).toContain('declarative file applied')
      expect((await fetch(`${running.ready.proxy}/store`)).status).toBe(200)
    } finally {
      await running.stop()
    }
  })

  test('takes another file by POST /config, and says that it has no database', async () => {
    const running = await start(file('/shop'))
    await running.admin('POST', '/config', { config: file('/other') })
    expect(await statusOf(running, '/other')).toBe(200)
    const root = await running.admin<{ configuration: { database: string } }>('GET', '/')
    expect(root.configuration.database).toBe('off')
    expect(await running.admin('GET', '/status')).not.toHaveProperty('database')
  })
})
