import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TunnelWay } from '../../../src/proxy/forwarding/tunnel-way.ts'
import { closeFrame, SERVICE_RESTART } from '../../../src/proxy/forwarding/websocket-frames.ts'

const BLOCK = Buffer.alloc(65_536)
const BLOCKS = 1_000
/** Head of a frame with all of that in it, and twice as much. */
const FRAME_HEAD = Buffer.from([0x82, 127, 0, 0, 0, 0, 0x07, 0xd0, 0, 0])

let server: net.Server
let sockets: Socket[]

beforeEach(async () => {
  sockets = []
  server = net.createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

/** Both ends of a connection; the second one is the gateway's. */
async function connection(): Promise<[Socket, Socket]> {
  const far = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [near] = (await once(server, 'connection')) as [Socket]
  sockets.push(far, near)
  return [far, near.pause()]
}

it('what waits for the end of its last frame is taken no faster than the other side takes it', async () => {
  const [sender, source] = await connection()
  const [, sink] = await connection()
  let moved = 0
  const way = new TunnelWay(source, sink, () => {
    moved += 1
  })
  way.start(Buffer.alloc(0))
  sender.write(FRAME_HEAD)
  await expect.poll(() => moved).toBe(1)
  way.finish(closeFrame(SERVICE_RESTART, 'server'))
  for (let i = 0; i < BLOCKS; i += 1) sender.write(BLOCK)
  await expect.poll(() => source.isPaused() || sender.writableLength === 0).toBe(true)
  expect(sink.writableLength).toBeLessThan(BLOCK.length * 10)
})
