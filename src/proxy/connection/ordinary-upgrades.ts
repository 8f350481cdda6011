import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ServerParser } from './server-socket.ts'

/** The latest request of a connection that asks for another protocol and is served as an ordinary one. */
interface OrdinaryUpgrade {
  readonly request: IncomingMessage
  /** The parser has stopped behind it. */
  hasStopped: boolean
  /** How many bytes the parser left over when it was last given some. */
  leftBytes: number
}

/**
 * Node's parser stops behind each request that asks for another protocol, and until it has read the next head it keeps
 * parse errors to itself. When the request is served as an ordinary one all the same, Node forgets what the parser
 * has left over, and takes what comes in later for the beginning of a request: bytes of one request would be read as
 * another. From here on these bytes are known to `leftBehind`, and the errors are reported.
 */
export function watchParser(parser: ServerParser): void {
  const execute = parser.execute
  parser.execute = (bytes) => {
    const taken = execute.call(parser, bytes)
    const upgrade = parser.socket === null ? undefined : UPGRADES.get(parser.socket)
    return upgrade === undefined ? taken : judge(upgrade, { taken, bytes, parser })
  }
}

/** To be called when the head of such a request has come in. */
export function expectOrdinary(request: IncomingMessage): void {
  UPGRADES.set(request.socket, { request, hasStopped: false, leftBytes: 0 })
}

/** How many of the bytes that the parser was given last must be given to it again. */
export function leftBehind(socket: Duplex): number {
  return UPGRADES.get(socket)?.leftBytes ?? 0
}

const UPGRADES = new WeakMap<Duplex, OrdinaryUpgrade>()

interface Execution {
  readonly taken: number | Error
  readonly bytes: Buffer
  readonly parser: ServerParser
}

function judge(upgrade: OrdinaryUpgrade, { taken, bytes, parser }: Execution): number | Error {
  upgrade.leftBytes = 0
  if (typeof taken !== 'number') return taken
  const { incoming, socket } = parser
  if (incoming !== null && incoming !== upgrade.request) {
    if (socket !== null) UPGRADES.delete(socket)
    return taken
  }
  if (upgrade.request.complete && !upgrade.hasStopped) {
    upgrade.hasStopped = true
    upgrade.leftBytes = bytes.length - taken
    return taken
  }
  return taken === bytes.length ? taken : new Error('the parser has stopped')
}
