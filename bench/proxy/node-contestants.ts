import { copyFileSync, existsSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AdminClient, createAdminClient } from '../../fixtures/support/admin-client.ts'
import { startJsonProcess } from '../../fixtures/support/json-process.ts'
import { startGateway } from '../../fixtures/support/start-gateway.ts'
import type { Contestant, RunningContestant, Surroundings } from './contestant.ts'
import { pinned } from './pinned.ts'
import { requestHeads } from './request-heads.ts'
import { SEEDED_CANARY, seedDatabase } from './seed-database.ts'

const BARE = fileURLToPath(new URL('./bare-http-proxy-middleware.ts', import.meta.url))
const START_WITHIN_MS = 60_000

export const BARE_NAME = 'bare http-proxy-middleware'
export const GATEWAY_NAME = 'gateway, 1 route'
export const BIG_GATEWAY_NAME = 'gateway, 10 000 routes, 100 000 consumers'

export const BARE_CONTESTANT: Contestant = { name: BARE_NAME, start: startBare }

export const GATEWAY_CONTESTANTS: readonly Contestant[] = [
  {
    name: GATEWAY_NAME,
    start: (surroundings) => startGatewayWith(surroundings, { routes: 1, consumers: 0 }),
  },
  {
    name: 'gateway, 1 route, with its access log',
    start: (surroundings) =>
      startGatewayWith(surroundings, { routes: 1, consumers: 0, hasAccessLog: true }),
  },
  {
    name: BIG_GATEWAY_NAME,
    start: (surroundings) => startGatewayWith(surroundings, BIG),
  },
  {
    name: 'the same with key-auth, hash by consumer',
    start: (surroundings) => startGatewayWith(surroundings, { ...BIG, hasKeyAuth: true }),
  },
]

interface Load {
  readonly routes: number
  readonly consumers: number
  /** Turns key-auth on and hashes by consumer in place of the header. */
  readonly hasKeyAuth?: boolean
  /** A line per request, which no other contestant writes. */
  readonly hasAccessLog?: boolean
}

const BIG: Load = { routes: 10_000, consumers: 100_000 }

async function startBare({ ports, serverCore }: Surroundings): Promise<RunningContestant> {
  const [command, ...args] = pinned(serverCore, [process.execPath, BARE])
  const server = await startJsonProcess({
    name: BARE_NAME,
    command,
    args: [...args, '--v1', String(ports.v1), '--v2', String(ports.v2)],
    readReady: (line) => (line.msg === 'listening' ? { port: Number(line.port) } : null),
  })
  return { pid: server.pid, port: server.ready.port, heads: requestHeads(), stop: server.stop }
}

async function startGatewayWith(
  surroundings: Surroundings,
  { routes, consumers, hasKeyAuth = false, hasAccessLog = false }: Load,
): Promise<RunningContestant> {
  const { folder, ports, serverCore } = surroundings
  const seed = join(folder, `seed-${routes}-${consumers}.db`)
  if (!existsSync(seed)) {
    await seedDatabase({ database: `sqlite:${seed}`, routes, consumers, ports })
  }
  const own = join(mkdtempSync(join(folder, 'gateway-')), 'canary.db')
  copyFileSync(seed, own)
  const gateway = await startGateway({
    database: `sqlite:${own}`,
    flags: ['--access-log', hasAccessLog ? 'on' : 'off'],
    timeoutMs: START_WITHIN_MS,
    ...(serverCore !== null && { core: serverCore }),
  })
  if (hasKeyAuth) await identifyByKey(createAdminClient(gateway.ready.admin))
  return {
    pid: gateway.pid,
    port: Number(new URL(gateway.ready.proxy).port),
    heads: requestHeads({ hasKey: hasKeyAuth }),
    stop: gateway.stop,
  }
}

async function identifyByKey(admin: AdminClient): Promise<void> {
  await admin.post('/services/bench/plugins', { name: 'key-auth' })
  await admin.patch(`/plugins/${SEEDED_CANARY}`, { config: { hash: 'consumer' } })
}
