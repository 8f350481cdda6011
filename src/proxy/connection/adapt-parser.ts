import { watchParser } from './ordinary-upgrades.ts'
import type { ServerParser, ServerSocket } from './server-socket.ts'
import { joinSmallPieces } from './small-pieces.ts'

/** Makes up for what Node's parser of a connection gets wrong; once, since parsers are used again for others. */
export function adaptParser({ parser }: ServerSocket): void {
  if (!parser || ADAPTED.has(parser)) return
  ADAPTED.add(parser)
  joinSmallPieces(parser)
  watchParser(parser)
}

const ADAPTED = new WeakSet<ServerParser>()
