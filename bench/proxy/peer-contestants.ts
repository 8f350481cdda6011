import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Contestant, RunningContestant, Surroundings } from './contestant.ts'
import { caddyfile, haproxyConfig, nginxConfig, type PeerConfig } from './peer-configs.ts'
import { pinned } from './pinned.ts'
import { requestHeads } from './request-heads.ts'

interface Peer {
  readonly name: string
  readonly command: string
  readonly versionArgs: readonly string[]
  readonly configFile: string
  readonly config: (options: PeerConfig) => string
  readonly args: (configPath: string) => readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

const READY_WITHIN_MS = 10_000
const SEARCH_PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`

const PEERS: readonly Peer[] = [
  {
    name: 'nginx, split_clients',
    command: 'nginx',
    versionArgs: ['-v'],
    configFile: 'nginx.conf',
    config: nginxConfig,
    args: (path) => ['-c', path, '-e', 'stderr'],
  },
  {
    name: 'haproxy',
    command: 'haproxy',
    versionArgs: ['-v'],
    configFile: 'haproxy.cfg',
    config: haproxyConfig,
    args: (path) => ['-db', '-f', path],
  },
  {
    name: 'caddy',
    command: 'caddy',
    versionArgs: ['version'],
    configFile: 'Caddyfile',
    config: caddyfile,
    args: (path) => ['run', '--adapter', 'caddyfile', '--config', path],
    env: { GOMAXPROCS: '1' },
  },
]

/** Other proxies that do the same split with one worker each; they join when installed. */
export const PEER_CONTESTANTS: readonly Contestant[] = PEERS.map((peer) => ({
  name: peer.name,
  start: (surroundings) => startPeer(peer, surroundings),
}))

async function startPeer(
  peer: Peer,
  surroundings: Surroundings,
): Promise<RunningContestant | null> {
  const env = { ...process.env, ...peer.env, PATH: SEARCH_PATH, HOME: surroundings.folder }
  if (spawnSync(peer.command, peer.versionArgs, { env }).error !== undefined) return null

  const port = await freePort()
  const configPath = join(surroundings.folder, peer.configFile)
  writeFileSync(configPath, peer.config({ ...surroundings, port }))
  const [command, ...args] = pinned(surroundings.serverCore, [
    peer.command,
    ...peer.args(configPath),
  ])
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  try {
    await ready(peer.name, child, port)
  } catch (error) {
    kill()
    throw error
  }
  return {
    pid: child.pid ?? -1,
    port,
    heads: requestHeads(),
    stop: async () => {
      kill()
      await exited
      process.off('exit', kill)
    },
  }
}

async function ready(name: string, child: ChildProcess, port: number): Promise<void> {
  let log = ''
  child.stderr?.on('data', (text) => {
    log = `${log}${text}`.slice(-2_000)
  })
  const deadline = performance.now() + READY_WITHIN_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`${name} does not listen on ${port}\n${log}`)
    }
    await wait(50)
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (isOpen: boolean) => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
