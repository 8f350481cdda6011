import { watchParser } from './ordinary-upgrades.ts'
import type { ServerParser, ServerSocket } from './server-socket.ts'
import { joinSmallPieces } from './small-pieces.ts'

/** Makes up for what Node's parser of a connection gets wrong; once, since parsers are used again for others. */
export function adaptParser({ parser }: ServerSocket): void {
  if (!parser || WATCHED.has(parser)) return
  WATCHED.add(parser)
  watchParser(parser)
}

/** The same for a body in chunks, once its head has come in: it costs each request of its connection a little. */
export function adaptToBody({ parser }: ServerSocket): void {
  const request = parser?.incoming
  if (!parser || !request || request.complete || JOINING.has(parser)) return
  if (request.headers['transfer-encoding'] === undefined) return
  JOINING.add(parser)
  joinSmallPieces(parser)
}

const WATCHED = new WeakSet<ServerParser>()
const JOINING = new WeakSet<ServerParser>()
