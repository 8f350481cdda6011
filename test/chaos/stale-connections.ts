import { setTimeout as pause } from 'node:timers/promises'
import { configureService } from '../support/configure.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { onEachHead, startRawUpstream } from '../support/test-upstream.ts'
import type { ObservedGateway } from './gateway-process.ts'

export interface StaleConnectionsSize {
  /** After so long without a request the upstream closes a connection, in milliseconds. */
  readonly idleMs: number
  readonly clients: number
  readonly rounds: number
}

export interface StaleConnectionsFigures {
  readonly gets: number
  readonly failedGets: number
  readonly posts: number
  readonly failedPosts: number
  /** POSTs that reached the upstream more than once. */
  readonly repeatedPosts: number
}

/**
 * An upstream that closes its idle connections without a word, and clients that come back just before and just after
 * that: each asks every 0.9 to 1.1 times as long, one in five times with POST (reliability.md section 16, 5).
 */
export async function runStaleConnections(
  gateway: ObservedGateway,
  { idleMs, clients, rounds }: StaleConnectionsSize,
): Promise<StaleConnectionsFigures> {
  const posts: string[] = []
  const upstream = await startRawUpstream((socket) => {
    socket.on('timeout', () => socket.destroy())
    onEachHead(socket, (head) => {
      socket.setTimeout(idleMs)
      const id = /^POST (\S+)/.exec(head)?.[1]
      if (id !== undefined) posts.push(id)
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  const figures = { gets: 0, failedGets: 0, posts: 0, failedPosts: 0 }
  try {
    await configureService(gateway, upstream.port, { service: { retries: 0 } })
    await Promise.all(
      Array.from({ length: clients }, async (_, n) => {
        const client = await KeepAliveClient.connect(gateway.proxyPort)
        for (let round = 0; round < rounds; round += 1) {
          const isPost = (n + round) % 5 === 0
          figures[isPost ? 'posts' : 'gets'] += 1
          const { status } = isPost
            ? await client.ask(`/${n}-${round}`, { 'content-length': '0' }, 'POST')
            : await client.ask('/')
          if (status !== 200) figures[isPost ? 'failedPosts' : 'failedGets'] += 1
          await pause(idleMs * (0.9 + 0.2 * (((n * 7 + round * 3) % 20) / 20)))
        }
        client.close()
      }),
    )
  } finally {
    await upstream.close()
  }
  return { ...figures, repeatedPosts: posts.length - new Set(posts).size }
}
