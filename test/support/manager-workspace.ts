import type { ManagerClient } from './manager-client.ts'
import { PEM } from './pem.ts'

/** What is configured when Kong Manager opens: one of each, by the id or name its pages use. */
export interface ManagerWorkspace {
  readonly service: string
  readonly route: string
  readonly upstream: string
  readonly target: string
  readonly consumer: string
  readonly certificate: string
  readonly ca: string
  readonly sni: string
  readonly plugin: string
  readonly acl: string
  readonly key: string
  readonly login: string
  readonly jwt: string
}

/** Creates one of each, as its forms would. */
export async function createWorkspace(manager: ManagerClient): Promise<ManagerWorkspace> {
  const create = async (path: string, body: object): Promise<string> => {
    const { status, data } = await manager.call('POST', path, body)
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(data)}`)
    return data.id
  }
  const service = await create('/services', { name: 'shop', host: 'blue.internal' })
  const upstream = await create('/upstreams', { name: 'blue.internal' })
  const consumer = await create('/consumers', { username: 'anna' })
  const certificate = await create('/certificates', PEM.shop)
  return {
    service,
    upstream,
    consumer,
    certificate,
    route: await create('/routes', { name: 'shop-all', paths: ['/'], service: { id: service } }),
    target: await create(`/upstreams/${upstream}/targets`, { target: '10.0.0.1:80' }),
    ca: await create('/ca_certificates', { cert: PEM.rootCa }),
    sni: await create('/snis', { name: 'shop.test', certificate: { id: certificate } }),
    plugin: await create('/plugins', { name: 'key-auth', service: { id: service } }),
    acl: await create(`/consumers/${consumer}/acls`, { group: 'staff' }),
    key: await create(`/consumers/${consumer}/key-auth`, { key: 'k-1' }),
    login: await create(`/consumers/${consumer}/basic-auth`, { username: 'a', password: 'b' }),
    jwt: await create(`/consumers/${consumer}/jwt`, { key: 'iss-1' }),
  }
}
