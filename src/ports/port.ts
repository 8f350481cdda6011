import type { AddressInfo, BoundSocket, Server } from 'node:net'
import { listenFailure } from '../model/listen-failure.ts'
import type { ListenAddress } from '../model/setting-values.ts'

/**
 * Makes a server listen on an address; gives the address, with the port that was taken for port 0. Fails with
 * `cannot_listen` when the address is taken, is not one of this machine, or needs other rights.
 */
export type OpenPort = (server: Server, address: ListenAddress) => Promise<ListenAddress>

/** For this process alone. */
export const openPort: OpenPort = (server, address) =>
  listenOn(server, { host: address.host, port: address.port }, address)

/** Starts a server on a place that stands for `address`. */
export async function listenOn(
  server: Server,
  place: BoundSocket | { readonly host: string; readonly port: number },
  address: ListenAddress,
): Promise<ListenAddress> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(place, resolve)
  try {
    await promise
  } catch (error) {
    throw listenFailure(address, error)
  }
  server.removeListener('error', reject)
  return { host: address.host, port: (server.address() as AddressInfo).port }
}
