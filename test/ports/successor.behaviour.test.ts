import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { ListenAddress } from '../../src/model/setting-values.ts'
import { createSharedPorts } from '../../src/ports/shared-port.ts'
import { untilSuccessorServes } from '../../src/ports/successor.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }
/** One that browsers refuse to call, and so does fetch. */
const PORT_UNSAFE_FOR_BROWSERS = 10_080

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function serve(address: ListenAddress, listener: RequestListener): Promise<ListenAddress> {
  const server = createServer(listener)
  servers.push(server)
  const open = await createSharedPorts()
  return open(server, address)
}

describe('the wait for the next process', () => {
  it.runIf(process.platform === 'linux').each([
    ['any free port', LOOPBACK, 200],
    ['a port that fetch refuses', { ...LOOPBACK, port: PORT_UNSAFE_FOR_BROWSERS }, 200],
    ['a port where it wants another token', LOOPBACK, 401],
  ])(
    'ends when that one serves on %s, whatever its predecessor said before',
    async (_, place, status) => {
      let looks = 0
      const admin = await serve(place, (_request, response) => {
        looks += 1
        response.writeHead(503).end('{}')
      })
      let isOver = false
      const wait = untilSuccessorServes(
        { admin, adminToken: null },
        { maxMs: 600_000, monotonicMs: () => performance.now(), isUnderWay: async () => !isOver },
      ).then(() => 'serves')
      try {
        await expect.poll(() => looks).toBeGreaterThan(0)
        await serve(admin, (_request, response) => response.writeHead(status).end('{}'))
        await expect(wait).resolves.toBe('serves')
      } finally {
        isOver = true
      }
    },
  )
})
