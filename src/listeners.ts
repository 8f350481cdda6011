import type { Express } from 'express'
import { type AdminListener, listenAdmin } from './admin/listen.ts'
import { type ListenAddress, listenAddressText } from './model/setting-values.ts'
import { LISTENERS, type SettingName, type Settings } from './model/settings.ts'
import type { OpenPort } from './ports/port.ts'
import { requireOwnAddress } from './ports/predecessor.ts'
import type { Gateway } from './proxy/gateway.ts'
import { keptCertificate } from './tls/kept-certificate.ts'
import { makeSelfSigned } from './tls/self-signed.ts'

/** What a node listens on: addresses as `host:port`, null for a listener that is not set. */
export interface Listeners {
  readonly proxy: string
  readonly proxyTls: string | null
  readonly admin: string
  readonly adminTls: string | null
  /** Closes the Admin API; the proxy has its own way to stop. */
  closeAdmin(): Promise<void>
}

export interface ListenerParts {
  readonly settings: Settings
  readonly gateway: Gateway
  readonly adminApp: Express
  readonly now: () => number
  readonly openPort: OpenPort
  readonly nodeId: string
  /** Adds to an error which setting is to blame for it. */
  readonly blame: (name: SettingName, error: unknown) => unknown
}

/** Opens every listener of the settings, or none. Fails with `cannot_listen`, or `invalid_setting` for a kept certificate. */
export async function openListeners(parts: ListenerParts): Promise<Listeners> {
  const admin: AdminListener[] = []
  try {
    return await openAll(parts, admin)
  } catch (error) {
    await parts.gateway.drain(0)
    await closeAll(admin)
    throw error
  }
}

async function openAll(parts: ListenerParts, admin: AdminListener[]): Promise<Listeners> {
  const { settings, gateway, adminApp, blame } = parts
  const opened = <T>(name: SettingName, opening: Promise<T>): Promise<T> =>
    opening.catch((error: unknown) => {
      throw blame(name, error)
    })
  if (settings.reuse_port) await requireOwnAddresses(parts, opened)
  const proxy = await opened('proxy_listen', gateway.listen(settings.proxy_listen))
  const proxyTls = await opened('proxy_tls_listen', listenTls(parts))
  const plainAdmin = await opened(
    'admin_listen',
    listenAdmin(adminApp, settings.admin_listen, { open: parts.openPort }),
  )
  admin.push(plainAdmin)
  const tlsAdmin = await opened('admin_tls_listen', listenAdminTls(parts))
  if (tlsAdmin !== null) admin.push(tlsAdmin)
  return {
    proxy: listenAddressText(proxy),
    proxyTls: proxyTls && listenAddressText(proxyTls),
    admin: listenAddressText(plainAdmin),
    adminTls: tlsAdmin && listenAddressText(tlsAdmin),
    closeAdmin: () => closeAll(admin),
  }
}

/** Before any is opened: a port that is shared by mistake takes the traffic away at once. */
async function requireOwnAddresses(
  { settings, nodeId }: ListenerParts,
  opened: (name: SettingName, opening: Promise<void>) => Promise<void>,
): Promise<void> {
  const adminToken = settings.admin_token ?? null
  const identity = { nodeId, admin: settings.admin_listen, adminToken }
  for (const name of LISTENERS) {
    const address = settings[name]
    if (address !== undefined) await opened(name, requireOwnAddress(address, identity))
  }
}

/** Clients that ask for a name without a certificate get one that is made at each start, as in Kong. */
async function listenTls({ settings, gateway, now }: ListenerParts): Promise<ListenAddress | null> {
  const address = settings.proxy_tls_listen
  if (address === undefined) return null
  return gateway.listenTls(address, await makeSelfSigned(new Date(now())))
}

/** Operators who have trusted the certificate once find the same one after a restart. */
async function listenAdminTls({
  settings,
  adminApp,
  now,
  openPort,
}: ListenerParts): Promise<AdminListener | null> {
  const address = settings.admin_tls_listen
  if (address === undefined) return null
  const path = certificatePath(settings.database)
  const moment = new Date(now())
  const keyPair = path === null ? makeSelfSigned(moment) : keptCertificate(path, moment)
  return listenAdmin(adminApp, address, { keyPair: await keyPair, open: openPort })
}

/** Beside the database; null for one that is forgotten. */
function certificatePath(database: string): string | null {
  const path = database.slice('sqlite:'.length)
  return path === ':memory:' ? null : `${path}-admin-tls.pem`
}

async function closeAll(listeners: readonly AdminListener[]): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close()))
}
