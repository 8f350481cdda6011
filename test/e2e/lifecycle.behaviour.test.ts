import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { startRawUpstream, startUpstream } from '../support/test-upstream.ts'

const BIN = new URL('../../bin/canary.js', import.meta.url).pathname
const ROOT = new URL('../../', import.meta.url).pathname

let folder: string
let children: Started[]

interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly output: { out: string; err: string }
  readonly exit: Promise<number | null>
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'canary-life-'))
  children = []
})

afterEach(async () => {
  for (const { child } of children) child.kill('SIGKILL')
  await Promise.all(children.map(({ exit }) => exit))
  rmSync(folder, { recursive: true })
})

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  return runCommand([process.execPath, BIN, 'start', ...args], { env, cwd: folder })
}

function runCommand(
  [command = '', ...args]: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Started {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    output.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output.err += chunk.toString()
  })
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve))
  const started = { child, output, exit }
  children.push(started)
  return started
}

/** A busy machine starts processes slowly. */
const START_TIMEOUT_MS = 30_000

interface Ready {
  readonly proxy: string
  readonly admin: string
  readonly proxy_tls?: string
  readonly admin_tls?: string
}

async function ready(started: Started): Promise<Ready> {
  await expect
    .poll(() => started.output.out + started.output.err, { timeout: START_TIMEOUT_MS })
    .toContain('"msg":"ready"')
  return lines(started).find((line) => line.msg === 'ready') as unknown as Ready
}

function lines({ output }: Started): Record<string, unknown>[] {
  return output.out
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const ANY_PORTS = ['--proxy-listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0'] as const
const EVEN_WHEN_STARVED = ['--limits-event-loop-delay', 'off'] as const
const onDatabase = () => [
  ...ANY_PORTS,
  ...EVEN_WHEN_STARVED,
  ...['--database', `sqlite:${join(folder, 'canary.db')}`],
]

async function admin(base: string, path: string, body: object): Promise<void> {
  const answer = await fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(await answer.text())
}

describe('starting', () => {
  it('prints the first five commands on an empty database, and they work as printed', async () => {
    const upstream = await startUpstream('v1')
    const started = run(onDatabase())
    await ready(started)
    const commands = started.output.err
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => line.startsWith('  curl'))
      .map((line) => line.replaceAll(/127\.0\.0\.1:9001/g, upstream.address))
    expect(commands).toHaveLength(5)
    const outputs: string[] = []
    for (const command of commands) outputs.push(await shell(command.replace('curl', 'curl -s')))
    expect(outputs.map((text) => text.includes('schema violation'))).not.toContain(true)
    expect(outputs[3]).toContain('HTTP/1.1 ')
    expect(JSON.parse(outputs[4]!)).toMatchObject({ share_percent: 5, effective: true })
    await upstream.close()
  })

  it('goes on when nobody reads what it prints', async () => {
    const started = run(onDatabase())
    started.child.stderr.destroy()
    const { admin: url } = await ready(started)
    expect((await fetch(`${url}/status`)).status).toBe(200)
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
  })

  it('tells the addresses of its TLS listeners, which curl can call', async () => {
    const tls = ['--proxy-tls-listen', '127.0.0.1:0', '--admin-tls-listen', '127.0.0.1:0']
    const urls = await ready(run([...onDatabase(), ...tls]))
    expect(JSON.parse(await shell(`curl -sk ${urls.admin_tls}/`))).toMatchObject({
      tagline: 'Welcome to kong',
    })
    expect(JSON.parse(await shell(`curl -sk ${urls.proxy_tls}/`))).toMatchObject({
      message: 'no Route matched with those values',
    })
  })

  it('tells none that is not set', async () => {
    expect(Object.keys(await ready(run(onDatabase())))).not.toContain('proxy_tls')
  })

  it('is refused on a taken TLS port, naming it', async () => {
    const other = await startRawUpstream(() => {})
    for (const flag of ['--proxy-tls-listen', '--admin-tls-listen']) {
      const started = run([...onDatabase(), flag, other.address])
      expect(await started.exit).toBe(1)
      expect(started.output.err).toContain(`${flag}: ${other.address}`)
    }
    await other.close()
  })

  it('prints no commands when something is configured', async () => {
    const first = run(onDatabase())
    await admin((await ready(first)).admin, '/services', { name: 'a', host: 'a.test' })
    first.child.kill('SIGTERM')
    await first.exit
    const second = run(onDatabase())
    await ready(second)
    expect(second.output.err).toBe('')
  })

  it('is refused on a taken port, naming it, with exit code 1', async () => {
    const other = await startRawUpstream(() => {})
    const started = run([...onDatabase(), '--proxy-listen', other.address])
    expect(await started.exit).toBe(1)
    expect(started.output.err).toContain(
      `canary: --proxy-listen: ${other.address} is taken by another program\nchoose another`,
    )
    expect(started.output.err).not.toContain('    at ')
    await other.close()
  })

  it('is refused on a taken admin port, and leaves the proxy port free', async () => {
    const other = await startRawUpstream(() => {})
    const started = run([...onDatabase(), '--admin-listen', other.address])
    expect(await started.exit).toBe(1)
    expect(started.output.err).toContain(
      `canary: --admin-listen: ${other.address} is taken by another program\nchoose another`,
    )
    await other.close()
  })

  it('is refused on a database that another gateway has open, naming its process', async () => {
    const first = run(onDatabase())
    await ready(first)
    const second = run(onDatabase())
    expect(await second.exit).toBe(1)
    expect(second.output.err).toContain(String(first.child.pid))
  })

  it.each([
    [['--proxy-listen', '192.0.2.1:80'], {}, '--proxy-listen: 192.0.2.1:80 is no address of'],
    [
      ['--config', 'canary.yaml', '--proxy-listen', '127.0.0.1:0'],
      {},
      'canary.yaml line 1, admin_listen: gateway.invalid:0 names a host that cannot be resolved',
    ],
    [[], { CANARY_DATABASE: 'sqlite:/tmp' }, 'CANARY_DATABASE: cannot open the database /tmp: '],
    [['--database', 'sqlite:/tmp'], {}, '--database: cannot open the database /tmp: '],
  ] as const)(
    'is refused with a setting that proves unusable, named with its source: %j %j',
    async (args, env, message) => {
      const yaml = 'admin_listen: gateway.invalid:0\nadmin_token: 0123456789abcdef\n'
      writeFileSync(join(folder, 'canary.yaml'), yaml)
      const started = run([...args], env)
      expect(await started.exit).toBe(1)
      expect(started.output.err).toContain(`canary: ${message}`)
      expect(started.output.err).not.toContain('    at ')
    },
  )

  it.each([
    [['--proxy-listen', 'nonsense'], {}, ['--proxy-listen', 'nonsense']],
    [[], { CANARY_LOG_LEVEL: 'loud' }, ['CANARY_LOG_LEVEL', 'loud']],
    [['--config', 'canary.yaml'], {}, ['canary.yaml', 'line 2', 'shutdown_timeout', 'soon']],
  ] as const)(
    'is refused with a wrong setting, named with its source: %j %j',
    async (args, env, names) => {
      writeFileSync(join(folder, 'canary.yaml'), 'log_level: info\nshutdown_timeout: soon\n')
      const started = run([...args], env)
      expect(await started.exit).toBe(1)
      for (const name of names) expect(started.output.err).toContain(name)
    },
  )
})

describe('running', () => {
  it('keeps half of the files it may open for itself, whatever clients take, and says so', async () => {
    const command = `ulimit -n 128; exec '${process.execPath}' '${BIN}' start "$@"`
    const started = runCommand(['sh', '-c', command, 'sh', ...onDatabase()], { cwd: folder })
    const urls = await ready(started)
    expect(lines(started)).toContainEqual(
      expect.objectContaining({ level: 40, connections: 64, open_files: 128 }),
    )
    const port = Number(new URL(urls.proxy).port)
    const sockets = Array.from({ length: 200 }, () => net.connect(port, '127.0.0.1'))
    let isOpen = sockets.length
    for (const socket of sockets) {
      socket.on('error', () => {})
      socket.on('close', () => isOpen--)
    }
    await expect.poll(() => isOpen).toBe(64)
    await admin(urls.admin, '/services', { name: 'a', host: 'a.test' })
    for (const socket of sockets) socket.destroy()
  })
})

describe('stopping with reuse_port or stop_delay', () => {
  const handingOver = async () => {
    const [proxy, admin] = [await startRawUpstream(() => {}), await startRawUpstream(() => {})]
    await Promise.all([proxy.close(), admin.close()])
    const addresses = ['--proxy-listen', proxy.address, '--admin-listen', admin.address]
    return [...onDatabase(), ...addresses, '--reuse-port', 'on']
  }
  const until = (started: Started, message: string) =>
    expect
      .poll(() => lines(started).map(({ msg }) => msg), { timeout: START_TIMEOUT_MS })
      .toContain(message)
  const newService = (base: string) =>
    fetch(`${base}/services`, { method: 'POST', body: new URLSearchParams({ host: 'a.test' }) })

  it('goes on serving without its database: the Admin API refuses changes and is not ready', async () => {
    const started = run([...(await handingOver()), '--stop-delay', '1m'])
    const urls = await ready(started)
    started.child.kill('SIGTERM')
    await until(started, 'database closed for the next process')
    const refused = await newService(urls.admin)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('connection')).toBe('close')
    expect(await refused.json()).toMatchObject({
      message: expect.stringContaining('is stopping and has closed its database'),
    })
    expect((await fetch(`${urls.admin}/status`)).status).toBe(503)
    const served = await fetch(urls.proxy)
    expect([served.status, served.headers.get('connection')]).toEqual([404, 'close'])
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(1)
    expect(lines(started).at(-1)).toMatchObject({ msg: 'stopped at once', cut_requests: 0 })
  })

  it('refuses a rollback once its database is closed: the next process would not know of it', async () => {
    const started = run([...(await handingOver()), '--stop-delay', '1m'])
    const urls = await ready(started)
    await admin(urls.admin, '/services', { name: 'shop', url: 'http://127.0.0.1:9' })
    const release = { name: 'shop-v2', service: 'shop', canary: { upstream_host: '127.0.0.2' } }
    await admin(urls.admin, '/releases', { ...release, steps: [{ percentage: 50, hold: '1d' }] })
    started.child.kill('SIGTERM')
    await until(started, 'database closed for the next process')
    const refused = await fetch(`${urls.admin}/releases/shop-v2/rollback`, { method: 'POST' })
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('Ask again') })
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(1)
  })

  it('without reuse_port keeps its database until the end of stop_delay', async () => {
    const started = run([...onDatabase(), '--stop-delay', '1m'])
    const urls = await ready(started)
    started.child.kill('SIGTERM')
    await until(started, 'stopping')
    expect((await fetch(`${urls.admin}/status`)).status).toBe(503)
    expect((await newService(urls.admin)).status).toBe(201)
    expect((await fetch(urls.proxy)).headers.get('connection')).toBe('keep-alive')
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(1)
  })

  it('with SIGTERM while it waits for the database exits 0', { timeout: 90_000 }, async () => {
    const settings = await handingOver()
    const first = run(settings)
    await ready(first)
    const second = run(settings)
    await until(second, 'waiting for the database')
    expect(lines(second).at(-1)?.reason).toContain(String(first.child.pid))
    second.child.kill('SIGTERM')
    expect(await second.exit).toBe(0)
    expect(first.child.exitCode).toBeNull()
  })
})

describe('stopping', () => {
  it('with SIGTERM answers what is in flight, closes the connection, and exits 0', async () => {
    const answers: (() => void)[] = []
    const upstream = await startUpstream('v1', (_request, response) => {
      answers.push(() => response.end('late'))
    })
    const started = run(onDatabase())
    const urls = await ready(started)
    await admin(urls.admin, '/services', { name: 'a', host: '127.0.0.1', port: upstream.port })
    await admin(urls.admin, '/services/a/routes', { paths: ['/'] })
    const port = Number(new URL(urls.proxy).port)
    const idle = await KeepAliveClient.connect(port)
    const silent = net.connect(port, '127.0.0.1')
    const silentClosed = new Promise((resolve) => silent.on('close', resolve))
    const client = await KeepAliveClient.connect(port)
    const answer = client.ask('/')
    await expect.poll(() => answers.length).toBe(1)
    started.child.kill('SIGTERM')
    await silentClosed
    await expect.poll(() => canConnect(port)).toBe(false)
    answers[0]!()
    expect(await answer).toMatchObject({ status: 200, body: 'late' })
    expect((await answer).head.toLowerCase()).toContain('connection: close')
    expect(await started.exit).toBe(0)
    expect(lines(started).at(-1)).toMatchObject({ msg: 'stopped', cut_requests: 0 })
    idle.close()
    await upstream.close()
  })

  it('with SIGTERM while it starts exits 0, and never says that it is ready', async () => {
    const pipe = join(folder, 'canary.yaml')
    execFileSync('mkfifo', [pipe])
    const started = run([...onDatabase(), '--config', pipe])
    // Opens as soon as the gateway reads its settings, and holds it there.
    const writer = await open(pipe, 'w')
    started.child.kill('SIGTERM')
    await writer.close()
    expect(await started.exit).toBe(0)
    expect(lines(started).map((line) => line.msg)).not.toContain('ready')
  })

  it('with SIGTERM to npm start stops the gateway too, in good order', async () => {
    const started = runCommand(['npm', 'start', '--', ...onDatabase()], { cwd: ROOT })
    const port = Number(new URL((await ready(started)).proxy).port)
    started.child.kill('SIGTERM')
    await started.exit
    expect(lines(started).at(-1)).toMatchObject({ msg: 'stopped', cut_requests: 0 })
    expect(await canConnect(port)).toBe(false)
  })

  it('cuts what is still running at shutdown_timeout, says how many, and exits 0', async () => {
    const upstream = await startUpstream('v1', () => {})
    const started = run([...onDatabase(), '--shutdown-timeout', '200ms'])
    const urls = await ready(started)
    await admin(urls.admin, '/services', { name: 'a', host: '127.0.0.1', port: upstream.port })
    await admin(urls.admin, '/services/a/routes', { paths: ['/'] })
    const cut = new Promise((resolve) => http.get(urls.proxy).on('error', resolve))
    await expect.poll(() => upstream.seen.length).toBe(1)
    started.child.kill('SIGINT')
    expect(await started.exit).toBe(0)
    expect(lines(started).at(-1)).toMatchObject({ msg: 'stopped', cut_requests: 1 })
    await cut
    await upstream.close()
  })

  it('with a second signal ends at once, with the number of requests cut and exit code 1', async () => {
    const upstream = await startUpstream('v1', () => {})
    const started = run(onDatabase())
    const urls = await ready(started)
    await admin(urls.admin, '/services', { name: 'a', host: '127.0.0.1', port: upstream.port })
    await admin(urls.admin, '/services/a/routes', { paths: ['/'] })
    const cut = new Promise((resolve) => http.get(urls.proxy).on('error', resolve))
    await expect.poll(() => upstream.seen.length).toBe(1)
    started.child.kill('SIGTERM')
    await expect.poll(() => lines(started).map((line) => line.msg)).toContain('stopping')
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(1)
    expect(lines(started).at(-1)).toMatchObject({ msg: 'stopped at once', cut_requests: 1 })
    await cut
    await upstream.close()
  })
})

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

function shell(command: string): Promise<string> {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return new Promise((resolve) => child.on('close', () => resolve(text)))
}
