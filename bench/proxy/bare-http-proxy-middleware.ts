import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { createProxyMiddleware } from 'http-proxy-middleware'
import murmurhash from 'murmurhash'

/*
 * What the gateway is measured against: node:http and http-proxy-middleware with keep-alive, and
 * nothing more than the same hash split: murmur3_x86_32 of salt:key, half of the buckets to v2.
 * node bench/proxy/bare-http-proxy-middleware.ts --v1 <port> --v2 <port>
 */
const { values } = parseArgs({ options: { v1: { type: 'string' }, v2: { type: 'string' } } })
const primary = `http://127.0.0.1:${values.v1}`
const canary = `http://127.0.0.1:${values.v2}`
const HALF_OF_THE_BUCKETS = 2 ** 31

const proxy = createProxyMiddleware({
  target: primary,
  agent: new Agent({ keepAlive: true }),
  router: (request) =>
    murmurhash.v3(`bench:${request.headers['x-user'] ?? ''}`, 0) < HALF_OF_THE_BUCKETS
      ? canary
      : primary,
})
const server = createServer((request, response) => {
  proxy(request, response).catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(JSON.stringify({ msg: 'listening', port }))
})
process.once('SIGTERM', () => process.exit(0))
