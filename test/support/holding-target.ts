import type { Socket } from 'node:net'
import { onEachHead, startRawUpstream, type TestUpstream } from './test-upstream.ts'

/** A target that accepts each request and answers none before it is told to. */
export interface HoldingTarget extends TestUpstream {
  /** Requests that wait for their answer. */
  readonly held: ReadonlySet<Socket>
  /** The most that ever waited at the same time. */
  readonly mostHeld: number
  /** How many requests came. */
  readonly taken: number
  /** Answers all that wait, and from now on all others at once. */
  answerAll(): void
  holdAgain(): void
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

export async function startHoldingTarget(): Promise<HoldingTarget> {
  const held = new Set<Socket>()
  let isHolding = true
  let mostHeld = 0
  let taken = 0
  const upstream = await startRawUpstream((socket) => {
    socket.on('close', () => held.delete(socket))
    onEachHead(socket, () => {
      taken += 1
      if (!isHolding) {
        socket.write(OK)
        return
      }
      held.add(socket)
      mostHeld = Math.max(mostHeld, held.size)
    })
  })
  return {
    ...upstream,
    held,
    get mostHeld() {
      return mostHeld
    },
    get taken() {
      return taken
    },
    answerAll() {
      isHolding = false
      for (const socket of held) socket.write(OK)
      held.clear()
    },
    holdAgain() {
      isHolding = true
    },
  }
}
