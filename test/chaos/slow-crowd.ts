import { configureService } from '../support/configure.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { startUpstream } from '../support/test-upstream.ts'
import type { ObservedGateway } from './gateway-process.ts'
import { until } from './until.ts'

export interface SlowCrowdSize {
  /** Clients that have connected and send nothing. */
  readonly idle: number
  /** Clients that send a byte of a head or of a body now and then, for ever. */
  readonly dripping: number
  /** Requests of the one good client, one after the other. */
  readonly asked: number
}

export interface SlowCrowdFigures {
  readonly statuses: readonly number[]
  /** How long the good client waited, the shortest first; milliseconds. Before and while the crowd was there. */
  readonly alone: readonly number[]
  readonly crowded: readonly number[]
  /** Of the crowd, how many were still there at the end. */
  readonly present: number
}

const DRIP_MS = 100
const HEAD = 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: '
const BODY = 'POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n'

/** One good client beside a crowd of slow ones (reliability.md section 16, 4). */
export async function runSlowCrowd(
  gateway: ObservedGateway,
  size: SlowCrowdSize,
): Promise<SlowCrowdFigures> {
  const upstream = await startUpstream('v1')
  await configureService(gateway, upstream.port)
  const statuses: number[] = []
  const good = await KeepAliveClient.connect(gateway.proxyPort)
  const ask = async () => {
    const waits: number[] = []
    for (let i = 0; i < size.asked; i += 1) {
      const askedAt = performance.now()
      statuses.push((await good.ask('/')).status)
      waits.push(performance.now() - askedAt)
    }
    return waits.sort((a, b) => a - b)
  }
  const alone = await ask()
  const crowd = await gather(gateway, size)
  const drips = setInterval(() => {
    for (const client of crowd.slice(size.idle)) if (!client.isClosed) client.send('s')
  }, DRIP_MS)
  try {
    const crowded = await ask()
    const present = crowd.filter(({ isClosed }) => !isClosed).length
    return { statuses, alone, crowded, present }
  } finally {
    clearInterval(drips)
    for (const client of crowd) client.destroy()
    good.close()
    await upstream.close()
  }
}

/** The idle ones first. Resolves when the gateway has taken all of them in. */
async function gather(
  gateway: ObservedGateway,
  { idle, dripping }: SlowCrowdSize,
): Promise<RawConnection[]> {
  const crowd = Array.from({ length: idle + dripping }, () => new RawConnection(gateway.proxyPort))
  for (const [n, client] of crowd.slice(idle).entries()) client.send(n % 2 === 0 ? HEAD : BODY)
  await until('the crowd is there', async () => {
    const { server } = await gateway.admin<{ server: { connections_active: number } }>(
      'GET',
      '/status',
    )
    return server.connections_active > crowd.length
  })
  return crowd
}
