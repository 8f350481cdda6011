import { afterAll, beforeAll, expect, it } from 'vitest'
import { signLink } from '../../../src/releases/delivery/release-link.ts'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'

const TOKEN = 'a-token-of-enough-length'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startTestGateway({ settings: { admin_token: TOKEN } })
})
afterAll(() => gateway.stop())

async function call(method: string, path: string, body?: object) {
  const answer = await fetch(`${gateway.node.admin}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.ok).toBe(true)
  return (await answer.json()) as Record<string, unknown>
}

/** As a browser does, which has no token. */
async function open(url: string, form?: Record<string, string>) {
  const answer = await fetch(
    url,
    form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) },
  )
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

it('all of /releases wants the admin token, but for links, whose signature is their permission', async () => {
  for (const path of ['/releases', '/releases/stop', '/releases/x', '/releases/x/watch']) {
    expect((await open(`${gateway.node.admin}${path}`)).status).toBe(401)
  }
  expect((await open(`${gateway.node.admin}/releases/x/rollback`, {})).status).toBe(401)
  expect((await open(`${gateway.node.admin}/releases/links/forged`)).status).toBe(403)
  expect((await open(`${gateway.node.admin}/releases/links/forged`, { name: 'x' })).status).toBe(
    403,
  )
})

it('a link shows what it does, and does it once, when its form is sent', async () => {
  await call('POST', '/services', { name: 'shop', url: 'http://127.0.0.1:9' })
  const { id } = await call('POST', '/releases', {
    name: 'shop-v2',
    service: 'shop',
    canary: { upstream_host: 'v2.test' },
    steps: [{ percentage: 10, hold: '1h' }],
  })
  const key = Buffer.from(await gateway.store.releases.linkKey(), 'base64url')
  const link = { releaseId: String(id), verb: 'rollback', linkId: 'one' } as const
  const url = `${gateway.node.admin}/releases/links/${await signLink(link, key, gateway.now())}`

  const page = await open(url)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.text).toContain('shop-v2')
  expect(await call('GET', '/releases/shop-v2')).toMatchObject({ phase: 'progressing' })

  expect((await open(url, { name: ' ' })).status).toBe(400)
  expect((await open(url, { name: 'Anna', reason: 'errors' })).status).toBe(200)
  const { phase, history } = await call('GET', '/releases/shop-v2')
  expect(phase).toBe('rolled-back')
  expect(history).toContainEqual(
    expect.objectContaining({ type: 'rollback-started', actor: 'Anna', reason: 'errors' }),
  )
  expect((await open(url, { name: 'Anna' })).status).toBe(410)

  const foreign = await signLink(link, Buffer.alloc(32), gateway.now())
  expect((await open(`${gateway.node.admin}/releases/links/${foreign}`)).status).toBe(403)
})
