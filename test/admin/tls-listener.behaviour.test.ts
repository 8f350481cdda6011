import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PEM } from '../support/pem.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { connectTls, handshake } from '../support/tls-client.ts'

let folder: string
let running: TestGateway[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'canary-admin-tls-'))
  running = []
})

afterEach(async () => {
  for (const gateway of running) await gateway.stop()
  rmSync(folder, { recursive: true })
})

const certificateFile = () => join(folder, 'canary.db-admin-tls.pem')

async function start(
  settings: Readonly<Record<string, string>> = {},
  database = `sqlite:${join(folder, 'canary.db')}`,
): Promise<{ gateway: TestGateway; port: number }> {
  const gateway = await startTestGateway({
    database,
    settings: { admin_tls_listen: '127.0.0.1:0', ...settings },
  })
  running.push(gateway)
  return { gateway, port: Number(new URL(gateway.node.adminTls ?? '').port) }
}

async function stop(gateway: TestGateway): Promise<void> {
  running = running.filter((other) => other !== gateway)
  await gateway.stop()
}

interface Answer {
  readonly status: number
  readonly body: string
}

/** What `curl` does; without an `authority` as with `-k`. */
function call(
  port: number,
  path: string,
  { headers = {}, authority }: { headers?: Record<string, string>; authority?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      ...(authority === undefined ? { rejectUnauthorized: false } : { ca: authority }),
      agent: false,
      headers,
    }
    const request = https.get(`https://127.0.0.1:${port}${path}`, options, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    request.on('error', reject)
  })
}

describe('the Admin API over TLS', () => {
  it('answers on the first start, and tells its address', async () => {
    const { gateway, port } = await start()
    const root = await call(port, '/')
    expect(root.status).toBe(200)
    expect(JSON.parse(root.body).configuration.admin_listen).toEqual([
      new URL(gateway.node.admin).host,
      `127.0.0.1:${port} ssl`,
    ])
    await gateway.admin('POST', '/services', { name: 'shop', host: 'a.test' })
    expect(await call(port, '/services/shop')).toMatchObject({ status: 200 })
  })

  it('shows the same certificate after a restart', async () => {
    const first = await start()
    const { fingerprint } = await handshake(first.port)
    await stop(first.gateway)
    const second = await start()
    expect((await handshake(second.port)).fingerprint).toBe(fingerprint)
  })

  it('keeps its key where only its user can read it', async () => {
    await start()
    expect(statSync(certificateFile()).mode & 0o777).toBe(0o600)
  })

  it('can be verified by those who are given the certificate', async () => {
    const { port } = await start()
    const kept = readFileSync(certificateFile(), 'utf8')
    const authority = kept.slice(kept.indexOf('-----BEGIN CERTIFICATE'))
    expect(await call(port, '/status', { authority })).toMatchObject({ status: 200 })
  })

  it('takes another certificate with its key from the same file', async () => {
    writeFileSync(certificateFile(), PEM.shop.cert + PEM.shop.key)
    const { port } = await start()
    expect((await handshake(port)).commonName).toBe('shop.test')
  })

  it('makes one for each start of a database that is forgotten', async () => {
    const { port } = await start({}, 'sqlite::memory:')
    expect(await call(port, '/status')).toMatchObject({ status: 200 })
  })

  it.each([
    ['nonsense', 'holds no certificate'],
    [PEM.shop.cert + PEM.other.key, 'with the key of another one'],
  ])('does not start with a file that it cannot use', async (text, message) => {
    writeFileSync(certificateFile(), text)
    const failure = await start().catch((error: unknown) => error)
    expect(String(failure)).toContain(message)
    expect(String(failure)).toContain(certificateFile())
    expect(readFileSync(certificateFile(), 'utf8')).toBe(text)
  })

  it.each([
    ['another Host', { host: 'evil.test' }],
    ['the Origin of another page', { origin: 'https://evil.test' }],
    ['a sign of a proxy', { via: '1.1 somebody' }],
  ])('refuses as the plain one does: %s', async (_what, headers) => {
    const { port } = await start()
    expect(await call(port, '/services', { headers })).toMatchObject({ status: 403 })
  })

  it('wants the token when there is one', async () => {
    const admin_token = 'a-token-of-enough-length'
    const { port } = await start({ admin_token })
    const headers = { authorization: `Bearer ${admin_token}` }
    expect(await call(port, '/services')).toMatchObject({ status: 401 })
    expect(await call(port, '/services', { headers })).toMatchObject({ status: 200 })
  })

  it('does not let connections without a call hold up a stop', async () => {
    const { gateway, port } = await start()
    const closed = [
      connect(port, '127.0.0.1').on('connect', function (this: { write(text: string): void }) {
        this.write('\x16\x03\x01\x02\x00')
      }),
      connect(port, '127.0.0.1'),
      await connectTls(port),
    ].map((socket) => new Promise((resolve) => socket.on('error', () => {}).on('close', resolve)))
    await call(port, '/status')
    await stop(gateway)
    await Promise.all(closed)
  })
})
