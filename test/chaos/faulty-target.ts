import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFlags } from '../../fixtures/support/read-flags.ts'

/*
 * node test/chaos/faulty-target.ts --name a [--port 0] [--slow-ms 5000]
 * Answers 200 with its name. From `PUT /as/slow` on it takes that long, from `PUT /as/broken` on it answers 500, and
 * `PUT /as/well` mends it. One JSON line tells its port; SIGTERM ends it.
 */
const { name, port, ...flags } = readFlags({
  name: { default: 'a' },
  port: { default: '0', whole: { min: 0, max: 65_535 } },
  'slow-ms': { default: '5000', whole: { min: 0, max: 60_000 } },
})
let behaviour = 'well'
const server = createServer((request, response) => {
  const wanted =
    request.method === 'PUT' && /^\/as\/(well|slow|broken)$/.exec(request.url ?? '')?.[1]
  if (wanted) behaviour = wanted
  const isSlow = behaviour === 'slow' && !wanted
  const answer = () => {
    response.statusCode = behaviour === 'broken' && !wanted ? 500 : 200
    response.end(name)
  }
  if (!isSlow) return answer()
  const timer = setTimeout(answer, Number(flags['slow-ms']))
  response.once('close', () => clearTimeout(timer))
})
server.listen(Number(port), '127.0.0.1', () => {
  console.log(JSON.stringify({ msg: 'listening', port: (server.address() as AddressInfo).port }))
})
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
