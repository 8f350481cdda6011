import { type AddressInfo, createServer } from 'node:net'
import { BODY_BYTES } from './run-load.ts'

/*
 * Two upstreams in one process that cost as little as possible: every request (a head without a
 * body) is answered with the same bytes. Prints one JSON line with both ports.
 */
const HEAD_END = Buffer.from('\r\n\r\n')

async function listen(version: string): Promise<number> {
  const body = version.padEnd(BODY_BYTES, '.')
  const answer = Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${BODY_BYTES}\r\n\r\n${body}`,
  )
  const server = createServer({ noDelay: true }, (socket) => {
    // A head may come in pieces; whoever sends it waits for the answer before the next one.
    socket.on('data', (chunk) => {
      if (chunk.subarray(-HEAD_END.length).equals(HEAD_END)) socket.write(answer)
    })
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

console.log(JSON.stringify({ msg: 'listening', v1: await listen('v1'), v2: await listen('v2') }))
process.once('SIGTERM', () => process.exit(0))
