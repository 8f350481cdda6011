import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { sendRaw, statusOf } from '../support/raw-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream
let keyAuth: string
let aliceId: string
let credentialId: string

beforeAll(async () => {
  gateway = await startTestGateway()
  upstream = await startUpstream('v1')
  await configureService(gateway, upstream.port)
  const plugin = (name: string, config: object) =>
    gateway.admin<{ id: string }>('POST', '/services/shop/plugins', { name, config })
  keyAuth = (await plugin('key-auth', { key_names: ['apikey', 'X-Api-Key'] })).id
  aliceId = (
    await gateway.admin<{ id: string }>('POST', '/consumers', {
      username: 'alice',
      custom_id: 'ä 7',
    })
  ).id
  credentialId = (
    await gateway.admin<{ id: string }>('POST', '/consumers/alice/key-auth', { key: 'k-alice' })
  ).id
  for (const group of ['testers', 'beta']) {
    await gateway.admin('POST', '/consumers/alice/acls', { group })
  }
  await gateway.admin('POST', '/consumers', { username: 'guest' })
  await gateway.admin('POST', '/consumers', { username: 'mallory' })
  await gateway.admin('POST', '/consumers/mallory/key-auth', { key: 'k-mallory' })
})

afterAll(async () => {
  await gateway.stop()
  await upstream.close()
  expect(gateway.logged).toEqual([])
})

beforeEach(() => {
  upstream.seen.length = 0
  gateway.entries.length = 0
})

async function get(path: string, fields = ''): Promise<{ status: number; text: string }> {
  const { text } = await sendRaw(
    gateway.proxyPort,
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields}\r\n`,
  )
  return { status: statusOf(text), text }
}

/** The fields about the caller that the upstream got. */
function callerFields(): Record<string, unknown> {
  const { headers } = upstream.seen[0]!
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^x-(consumer|credential|anonymous)/.test(name)),
  )
}

const FORGED =
  'X-Consumer-Username: root\r\nX-Consumer-Groups: admins\r\nX_Consumer_ID: 1\r\nX-Anonymous-Consumer: true\r\nX-Credential-Identifier: 1\r\n'

describe('key-auth', () => {
  it.each([
    ['a header', '/', 'apikey: k-alice\r\n'],
    ['a header in capitals', '/', 'APIKEY: k-alice\r\n'],
    ['the second name', '/', 'x-api-key: k-alice\r\n'],
    ['the query', '/?apikey=k-alice', ''],
    ['an escaped query', '/?a=1&apikey=k%2Dalice&b', ''],
  ])('knows a consumer by the key in %s, whatever else is claimed', async (_name, path, fields) => {
    expect((await get(path, FORGED + fields)).status).toBe(200)
    expect(callerFields()).toEqual({
      'x-consumer-id': aliceId,
      'x-consumer-username': 'alice',
      'x-consumer-custom-id': Buffer.from('ä 7').toString('latin1'),
      'x-credential-identifier': credentialId,
    })
    expect(gateway.entries).toMatchObject([{ consumer: 'alice', status: 200 }])
  })

  it.each([
    ['no key', '/', '', 'No API key found in request', 'no-key'],
    ['an empty key', '/', 'apikey: \r\n', 'No API key found in request', 'no-key'],
    ['an unknown key', '/', 'apikey: nonsense\r\n', 'Unauthorized', 'unknown-key'],
    ['a name from an object', '/', 'apikey: __proto__\r\n', 'Unauthorized', 'unknown-key'],
    [
      'two keys',
      '/',
      'apikey: k-alice\r\napikey: k-mallory\r\n',
      'Duplicate API key found',
      'duplicate-key',
    ],
    [
      'an unknown key in the header beside a good one in the query',
      '/?apikey=k-alice',
      'apikey: nonsense\r\n',
      'Unauthorized',
      'unknown-key',
    ],
  ])('refuses %s', async (_name, path, fields, message, reason) => {
    const { status, text } = await get(path, fields)
    expect(status).toBe(401)
    expect(text).toContain('WWW-Authenticate: Key\r\n')
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))).toEqual({
      message,
      request_id: gateway.entries[0]!.requestId,
    })
    expect(gateway.entries).toMatchObject([{ status: 401, reason, tries: 0 }])
    expect(upstream.seen).toEqual([])
  })

  it.each(['GET', 'HEAD'])('gets a realm beyond ASCII as UTF-8 (%s)', async (method) => {
    await gateway.admin('PATCH', `/plugins/${keyAuth}`, { config: { realm: 'café €' } })
    const { text } = await sendRaw(
      gateway.proxyPort,
      `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    )
    await gateway.admin('PATCH', `/plugins/${keyAuth}`, { config: { realm: null } })
    const realm = Buffer.from('café €').toString('latin1')
    expect(text).toContain(`\r\nWWW-Authenticate: Key realm="${realm}"\r\n`)
  })

  it('hides the credentials when it is told to, in every place, and nothing else', async () => {
    await gateway.admin('PATCH', `/plugins/${keyAuth}`, { config: { hide_credentials: true } })
    const query = '?a=1&apikey=k-alice&b=%2F&X-Api-Key=other'
    expect((await get(`/p${query}`, 'X-Keep: 1\r\n')).status).toBe(200)
    expect((await get('/p?x', 'apikey: k-alice\r\nX-Api-Key: other\r\n')).status).toBe(200)
    await gateway.admin('PATCH', `/plugins/${keyAuth}`, { config: { hide_credentials: false } })
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/p?a=1&b=%2F', '/p?x'])
    expect(JSON.stringify(upstream.seen)).not.toMatch(/k-alice|other/)
    expect(upstream.seen[0]!.headers['x-keep']).toBe('1')
    expect(JSON.stringify(gateway.entries)).not.toContain('k-alice')
  })

  it('lets the anonymous consumer stand in, and says so', async () => {
    await gateway.admin('PATCH', `/plugins/${keyAuth}`, { config: { anonymous: 'guest' } })
    expect((await get('/', `${FORGED}apikey: nonsense\r\n`)).status).toBe(200)
    expect((await get('/', 'apikey: k-alice\r\n')).status).toBe(200)
    await gateway.admin('PATCH', `/plugins/${keyAuth}`, { config: { anonymous: null } })
    expect(callerFields()).toMatchObject({
      'x-consumer-username': 'guest',
      'x-anonymous-consumer': 'true',
    })
    expect(callerFields()).not.toHaveProperty('x-credential-identifier')
    expect(callerFields()).not.toHaveProperty('x-consumer-groups')
    expect(upstream.seen[1]!.headers['x-anonymous-consumer']).toBeUndefined()
    expect(gateway.entries.map(({ consumer }) => consumer)).toEqual(['guest', 'alice'])
  })

  it('lets a preflight pass when it is told to', async () => {
    const preflight = () =>
      sendRaw(gateway.proxyPort, 'OPTIONS / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(statusOf((await preflight()).text)).toBe(401)
    await gateway.admin('PATCH', `/plugins/${keyAuth}`, { config: { run_on_preflight: false } })
    expect(statusOf((await preflight()).text)).toBe(200)
    await gateway.admin('PATCH', `/plugins/${keyAuth}`, { config: { run_on_preflight: true } })
  })

  it('forgets a key with the answer to its deletion', async () => {
    const { id } = await gateway.admin<{ id: string }>('POST', '/consumers/alice/key-auth', {
      key: 'k-short',
    })
    expect((await get('/', 'apikey: k-short\r\n')).status).toBe(200)
    await gateway.admin('DELETE', `/consumers/alice/key-auth/${id}`)
    expect((await get('/', 'apikey: k-short\r\n')).status).toBe(401)
  })
})

describe('acl', () => {
  let acl: string

  beforeAll(async () => {
    const created = await gateway.admin<{ id: string }>('POST', '/services/shop/plugins', {
      name: 'acl',
      config: { allow: ['testers'] },
    })
    acl = created.id
  })

  it('lets a member in and tells the upstream the groups', async () => {
    expect((await get('/', `${FORGED}apikey: k-alice\r\n`)).status).toBe(200)
    expect(callerFields()).toMatchObject({ 'x-consumer-groups': 'beta, testers' })
  })

  it('keeps others out', async () => {
    const { status, text } = await get('/', 'apikey: k-mallory\r\n')
    expect(status).toBe(403)
    expect(text).toContain('You cannot consume this service')
    expect(gateway.entries).toMatchObject([{ consumer: 'mallory', reason: 'not-permitted' }])
  })

  it('asks who is there before it asks for the group', async () => {
    expect((await get('/')).status).toBe(401)
  })

  it('turns round with deny, and can keep the groups to itself', async () => {
    await gateway.admin('PATCH', `/plugins/${acl}`, {
      config: { allow: null, deny: ['testers'], hide_groups_header: true },
    })
    expect((await get('/', 'apikey: k-alice\r\n')).status).toBe(403)
    expect((await get('/', `${FORGED}apikey: k-mallory\r\n`)).status).toBe(200)
    expect(callerFields()).not.toHaveProperty('x-consumer-groups')
  })
})
