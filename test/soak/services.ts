import type { AdminClient } from '../../fixtures/support/admin-client.ts'

/** Services are also the first segment of the paths that lead to them. */
export const STEADY = 'steady'
/** Its targets are killed, frozen and made to fail, one at a time. */
export const TROUBLED = 'troubled'
/** Its upstream answers what is no HTTP. */
export const MALFORMED = 'malformed'

/** How long a target of `TROUBLED` may be silent: short, so that frozen ones are noticed in this run's time. */
const SILENCE_MS = 1_500
export const STEADY_NAME = 'steady.test'
export const RELEASE = 'release'

export interface TargetAddresses {
  readonly primary: string
  readonly canary: string
  readonly troubled: readonly string[]
  readonly malformed: string
}

/** The configuration that a soak begins with. */
export async function configureServices(admin: AdminClient, at: TargetAddresses): Promise<void> {
  await addUpstream(admin, 'steady-primary', [at.primary])
  await addUpstream(admin, 'steady-canary', [at.canary])
  await addUpstream(admin, 'troubled-targets', at.troubled, {
    passive: {
      recovery: 1,
      unhealthy: { tcp_failures: 2, timeouts: 2, http_failures: 3, http_statuses: [503] },
      healthy: { successes: 1 },
    },
  })
  await addService(admin, STEADY, { host: 'steady-primary' })
  await addService(admin, TROUBLED, { host: 'troubled-targets', read_timeout: SILENCE_MS })
  const [host = '', port = ''] = at.malformed.split(':')
  await addService(admin, MALFORMED, { host, port: Number(port) })
  await admin.post(`/services/${STEADY}/plugins`, {
    name: 'canary',
    instance_name: RELEASE,
    config: {
      upstream_host: 'steady-canary',
      percentage: 50,
      hash: 'header',
      hash_header: 'X-User',
    },
  })
}

async function addUpstream(
  admin: AdminClient,
  name: string,
  targets: readonly string[],
  healthchecks: object = {},
): Promise<void> {
  await admin.post('/upstreams', { name, healthchecks })
  for (const target of targets) await admin.post(`/upstreams/${name}/targets`, { target })
}

async function addService(admin: AdminClient, name: string, fields: object): Promise<void> {
  await admin.post('/services', { name, ...fields })
  await admin.post(`/services/${name}/routes`, { paths: [`/${name}`] })
}
