import http from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import { readFlags } from '../../fixtures/support/read-flags.ts'
import { answerAsAsked } from './target-answers.ts'

/*
 * node test/soak/target-process.ts --name canary [--port 0]
 * A target in a process of its own, so that it can be killed and frozen. Prints one JSON line with its port. While
 * /failing was asked for more recently than /well, it answers 503.
 */
const { name, port } = readFlags({
  name: { default: 'target' },
  port: { default: '0', whole: { min: 0, max: 65_535 } },
})
let isFailing = false

const server = http.createServer((request, response) => {
  if (request.url === '/failing' || request.url === '/well') {
    isFailing = request.url === '/failing'
    response.end()
  } else if (isFailing) {
    request.resume()
    response.writeHead(503).end('failing on purpose')
  } else {
    answerAsAsked(request, response, name)
  }
})
// Longer than any gateway keeps them: a target that closes first is a fault of its own, and not among those of this run.
server.keepAliveTimeout = 120_000

const webSockets = new WebSocketServer({ server })
webSockets.on('connection', (socket) => {
  socket.on('error', () => {})
  socket.on('message', (data) => socket.send(`${name}: ${data}`))
})

server.on('clientError', (_error, socket) => {
  if (socket instanceof Socket) socket.destroy()
})
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address() as AddressInfo
  console.log(JSON.stringify({ msg: 'listening', port: address.port }))
})
