import { lookup } from 'node:dns/promises'
import { BoundSocket } from 'node:net'
import { GatewayError } from '../model/errors.ts'
import { listenFailure } from '../model/listen-failure.ts'
import type { ListenAddress } from '../model/setting-values.ts'
import { createSteering } from './newest-first.ts'
import { listenOn, type OpenPort } from './port.ts'

/**
 * Opens ports that another process of the same user may have open too, with this option: the newest of them gets
 * every new connection from that moment on (docs/adr/0006-rolling-restart.md). Throws `cannot_share_ports` where the
 * system has no such ports.
 */
export async function createSharedPorts(): Promise<OpenPort> {
  if (process.platform !== 'linux') {
    throw unsupported(`needs Linux, and this is ${process.platform}`)
  }
  if (typeof BoundSocket !== 'function') {
    throw unsupported(`needs Node.js 24.19.0, and this is ${process.version}`)
  }
  const steerToNewest = await createSteering()
  return async (server, address) => {
    const socket = await bind(address, { reusePort: true })
    const descriptor = socket.fd()
    const bound = await listenOn(server, socket, address)
    try {
      steerToNewest(descriptor)
    } catch (error) {
      server.close()
      throw error
    }
    return bound
  }
}

/** Whether somebody listens there. Fails with `cannot_listen` where nobody could. */
export async function isTaken(address: ListenAddress): Promise<boolean> {
  try {
    const socket = await bind(address, { reusePort: false })
    socket.close()
    return false
  } catch (error) {
    if (error instanceof GatewayError && isInUse(error.cause)) return true
    throw error
  }
}

async function bind(
  address: ListenAddress,
  { reusePort }: { readonly reusePort: boolean },
): Promise<BoundSocket> {
  try {
    const { address: host } = await lookup(address.host)
    return new BoundSocket({ host, port: address.port, reusePort })
  } catch (error) {
    throw listenFailure(address, error)
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

function unsupported(reason: string): GatewayError {
  return new GatewayError('cannot_share_ports', `sharing ports ${reason}`)
}
