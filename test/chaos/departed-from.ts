import { configureService } from '../support/configure.ts'
import { startRawUpstream, startUpstream, type TestUpstream } from '../support/test-upstream.ts'
import type { ObservedGateway } from './gateway-process.ts'

/** The services that clients of `runDepartures` ask and leave. */
export interface DepartedFrom {
  /** Of host a. */
  readonly upstream: TestUpstream
  /** Of host silent: takes connections, and never shakes hands. */
  readonly silent: TestUpstream
  close(): Promise<void>
}

/** Starts both and configures the gateway for them. */
export async function startDepartedFrom(gateway: ObservedGateway): Promise<DepartedFrom> {
  const upstream = await startUpstream('v1', (request, response) => {
    if (request.url === '/never') return
    if (request.url === '/big') {
      response.end(Buffer.alloc(2_000_000, 'x'))
      return
    }
    if (request.url === '/stream') {
      const timer = setInterval(() => response.write('drop\n'), 3)
      response.on('close', () => clearInterval(timer))
      return
    }
    setTimeout(() => response.end('v1'), 5)
  })
  const silent = await startRawUpstream((socket) => socket.resume())
  await configureService(gateway, upstream.port, { route: { hosts: ['a'] } })
  await configureService(gateway, silent.port, {
    service: { name: 'silent', protocol: 'https' },
    route: { name: 'silent', hosts: ['silent'] },
  })
  return {
    upstream,
    silent,
    close: async () => {
      await Promise.all([upstream.close(), silent.close()])
    },
  }
}
