import { GrowingBytes } from './growing-bytes.ts'
import type { ServerParser } from './server-socket.ts'

/** Larger pieces cost more to copy than to keep. */
const SMALL_BYTES = 1024

/**
 * Node makes a buffer of each chunk of a body, and of a body that nobody reads it keeps 64 KiB, by the bytes: in chunks
 * of one byte these take 13 MB. From here on the small pieces of a body that come in together are handed over as one.
 */
export function joinSmallPieces(parser: ServerParser): void {
  const { kOnBody, kOnMessageComplete } = parser.constructor
  const { execute, [kOnBody]: onBody, [kOnMessageComplete]: onMessageComplete } = parser
  let isExecuting = false
  let joined: GrowingBytes | null = null
  const handOver = () => {
    if (joined === null) return
    const { all } = joined
    joined = null
    onBody?.call(parser, all)
  }
  parser[kOnBody] = (piece: Buffer) => {
    // A parser that reads from its handle by itself does not tell when it has read.
    const isJoined = isExecuting && piece.length < SMALL_BYTES
    if (!isJoined) {
      handOver()
      onBody?.call(parser, piece)
    } else if (joined === null) {
      joined = new GrowingBytes(piece)
    } else {
      joined.append(piece)
    }
  }
  parser[kOnMessageComplete] = () => {
    handOver()
    return onMessageComplete?.call(parser)
  }
  parser.execute = (bytes) => {
    isExecuting = true
    try {
      return execute.call(parser, bytes)
    } finally {
      isExecuting = false
      handOver()
    }
  }
}
