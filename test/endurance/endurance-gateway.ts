import { type AdminClient, createAdminClient } from '../../fixtures/support/admin-client.ts'
import { type GatewayProcess, startGateway } from '../../fixtures/support/start-gateway.ts'

/** A gateway in a process of its own, so that its memory and its event loop are its own too. */
export interface EnduranceGateway {
  readonly process: GatewayProcess
  readonly port: number
  readonly admin: AdminClient
}

/** On a busy machine; hooks that start one may take as long and half as much again. */
const START_MS = 60_000
export const HOOK_MS = START_MS * 1.5

/** With a service `shop` on a port of this machine and one route for everything. */
export async function startEnduranceGateway(upstreamPort: number): Promise<EnduranceGateway> {
  const process = await startGateway({ database: 'sqlite::memory:', timeoutMs: START_MS })
  const admin = createAdminClient(process.ready.admin)
  await admin.post('/services', { name: 'shop', host: '127.0.0.1', port: upstreamPort })
  await admin.post('/services/shop/routes', { paths: ['/'] })
  return { process, port: Number(new URL(process.ready.proxy).port), admin }
}
