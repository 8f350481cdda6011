import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { openPort } from '../../src/ports/port.ts'
import { requireOwnAddress } from '../../src/ports/predecessor.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** Something that answers every call alike; gives its address. */
async function answering(status: number, body: string) {
  const server = createServer((_request, response) => response.writeHead(status).end(body))
  servers.push(server)
  return openPort(server, { host: '127.0.0.1', port: 0 })
}

describe('an address that is taken', () => {
  it('is shared with a gateway that has the same database', async () => {
    const admin = await answering(200, '{"node_id":"mine"}')
    await requireOwnAddress(admin, { admin, adminToken: null, nodeId: 'mine' })
  })

  it.each([
    ['another database', 200, '{"node_id":"other"}', 'has another database'],
    ['another token', 401, '{"message":"Unauthorized"}', 'wants another admin_token'],
    ['no gateway', 200, '<html>', 'no gateway with the same database answers at 127.0.0.1:'],
  ])('is refused: %s', async (_, status, body, reason) => {
    const admin = await answering(status, body)
    const refusal = requireOwnAddress(admin, { admin, adminToken: null, nodeId: 'mine' })
    await expect(refusal).rejects.toThrow(reason)
    await expect(refusal).rejects.toMatchObject({ code: 'cannot_listen' })
  })
})
