import type { TestGateway } from './test-gateway.ts'

/** A service on a port of this machine with one route for everything; further fields override. */
export async function configureService(
  gateway: Pick<TestGateway, 'admin'>,
  port: number,
  { service = {}, route = {} }: { service?: object; route?: object } = {},
): Promise<{ serviceId: string; routeId: string }> {
  const created = await gateway.admin<{ id: string }>('POST', '/services', {
    name: 'shop',
    host: '127.0.0.1',
    port,
    ...service,
  })
  const routed = await gateway.admin<{ id: string }>('POST', `/services/${created.id}/routes`, {
    name: 'shop',
    paths: ['/'],
    ...route,
  })
  return { serviceId: created.id, routeId: routed.id }
}

/** An upstream entity with targets `address: weight`. */
export async function configureUpstream(
  gateway: Pick<TestGateway, 'admin'>,
  name: string,
  targets: Readonly<Record<string, number>>,
): Promise<void> {
  await gateway.admin('POST', '/upstreams', { name })
  for (const [target, weight] of Object.entries(targets)) {
    await gateway.admin('POST', `/upstreams/${name}/targets`, { target, weight })
  }
}
