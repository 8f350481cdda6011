import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { startJsonProcess } from '../../fixtures/support/json-process.ts'
import { temporaryDatabase } from '../support/store-files.ts'
import { startUpstream } from '../support/test-upstream.ts'

const CANARY = fileURLToPath(new URL('../../bin/canary.js', import.meta.url))
/** Largest size of a file, for the shell: what comes beyond fails as on a full disk. */
const FILE_LIMIT_KIB = 2000

async function startOnSmallDisk() {
  const start = `ulimit -S -f ${FILE_LIMIT_KIB}; exec "$0" "$@"`
  const gateway = await startJsonProcess({
    name: 'gateway',
    command: 'bash',
    args: [
      ...['-c', start, process.execPath, CANARY, 'start'],
      ...['--proxy-listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0'],
      ...['--database', `sqlite:${temporaryDatabase()}`, '--access-log', 'off'],
    ],
    readReady: (line) =>
      line.msg === 'ready' ? { proxy: String(line.proxy), admin: String(line.admin) } : null,
  })
  onTestFinished(async () => void (await gateway.stop()))
  return gateway
}

it('a full disk: writes answer 503 and change nothing, traffic and reads go on, and so do writes when there is room again', async () => {
  const upstream = await startUpstream('v1')
  onTestFinished(() => upstream.close())
  const { pid, ready } = await startOnSmallDisk()
  const call = (method: string, path: string, body: object = {}) =>
    fetch(`${ready.admin}${path}`, {
      method,
      ...(method === 'GET'
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  const proxied = async () => {
    const answer = await fetch(ready.proxy)
    return [answer.status, await answer.text()]
  }
  await call('POST', '/services', { name: 'shop', url: `http://${upstream.address}` })
  await call('POST', '/services/shop/routes', { paths: ['/'] })
  const document = async (answer: Response) => (await answer.json()) as Record<string, unknown>
  const version = async () =>
    Number((await document(await call('GET', '/status'))).configuration_version)

  const tags = Array.from({ length: 50 }, (_, n) => `${n}`.padStart(200, 'x'))
  let written = 0
  let refused = await call('PUT', `/consumers/user-${written}`, { tags })
  for (; refused.ok && written < 2000; written += 1) {
    await refused.body?.cancel()
    refused = await call('PUT', `/consumers/user-${written + 1}`, { tags })
  }
  expect([refused.status, written]).toEqual([503, expect.any(Number)])
  expect((await document(refused)).message).toContain('nothing was changed')
  const reached = await version()

  for (let n = 0; n < 20; n += 1) {
    const { status } = await call('PATCH', '/services/shop', { host: 'nowhere.invalid', tags })
    expect(status).toBe(503)
  }
  expect(await proxied()).toEqual([200, 'v1'])
  expect(await document(await call('GET', '/services/shop'))).toMatchObject({ host: '127.0.0.1' })
  expect((await call('GET', `/consumers/user-${written}`)).status).toBe(404)
  expect(await version()).toBe(reached)

  if (!hasPrlimit()) return
  execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:'])
  expect((await call('PATCH', '/services/shop', { tags: ['roomy'] })).status).toBe(200)
  expect(await version()).toBe(reached + 1)
  expect(await proxied()).toEqual([200, 'v1'])
})

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    // Not on this system; the rest of the test holds without it.
    return false
  }
}
