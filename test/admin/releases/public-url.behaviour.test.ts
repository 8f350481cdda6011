import { request } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startReceiver } from '../../releases/delivery/gate-server.ts'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'
import { until } from '../../support/until.ts'

const PUBLIC_HOST = 'ops.example'
const PUBLIC_URL = `https://${PUBLIC_HOST}/canary`

let gateway: TestGateway
let chat: Awaited<ReturnType<typeof startReceiver>>

beforeAll(async () => {
  chat = await startReceiver((response) => response.end())
  gateway = await startTestGateway({ settings: { admin_public_url: `${PUBLIC_URL}/` } })
})
afterAll(async () => {
  await gateway.stop()
  await chat.close()
})

/** As the proxy at the public URL sends it on: under its own name, and without its own path. */
async function throughProxy(path: string, form?: Record<string, string>) {
  const { statusCode, body } = await request(`${gateway.node.admin}${path}`, {
    method: form === undefined ? 'GET' : 'POST',
    headers: {
      host: PUBLIC_HOST,
      'x-forwarded-for': '203.0.113.7',
      ...(form === undefined ? {} : { origin: 'null', 'sec-fetch-site': 'same-origin' }),
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
  })
  return { status: statusCode, text: await body.text() }
}

it('links begin with the public URL and act under its name, and nothing else is served there', async () => {
  await gateway.admin('POST', '/services', { name: 'shop', url: 'http://127.0.0.1:9' })
  await gateway.admin('POST', '/releases', {
    name: 'shop-v2',
    service: 'shop',
    canary: { upstream_host: '127.0.0.2' },
    steps: [{ percentage: 10, hold: '1h' }],
    notify: [{ url: chat.url, on: ['started'] }],
  })
  const [message] = await until(
    () => chat.received,
    ({ length }) => length === 1,
  )
  const { links } = JSON.parse(message?.body ?? '') as { links: { rollback: string } }
  expect(links.rollback).toMatch(new RegExp(`^${PUBLIC_URL}/releases/links/[^/]+$`))
  const path = links.rollback.slice(PUBLIC_URL.length)

  for (const elsewhere of ['/', '/releases', '/releases/shop-v2', '/releases/links', '/services']) {
    expect([elsewhere, (await throughProxy(elsewhere)).status]).toEqual([elsewhere, 403])
  }
  expect((await throughProxy('/releases/shop-v2/rollback', {})).status).toBe(403)
  expect((await throughProxy('/releases/links/forged')).status).toBe(403)
  expect(await gateway.admin('GET', '/releases/shop-v2')).toMatchObject({ phase: 'progressing' })

  const page = await throughProxy(path)
  expect([page.status, page.text.includes('<form method="post">')]).toEqual([200, true])
  expect((await throughProxy(path, { name: 'Anna' })).status).toBe(200)
  expect(await gateway.admin('GET', '/releases/shop-v2')).toMatchObject({ phase: 'rolled-back' })
  expect((await throughProxy(path, { name: 'Anna' })).status).toBe(410)
})
