import { configureService } from '../../support/configure.ts'
import { RawConnection } from '../../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'
import { readAnswer } from './reference-answers.ts'
import { type StrictUpstream, startStrictUpstream } from './strict-upstream.ts'

/** A gateway between raw clients and a strict upstream. */
export interface WireBench {
  readonly upstream: StrictUpstream
  /** What the gateway logged as an error. */
  readonly logged: readonly string[]
  /** Requests that ended since the last good ones, as in the access log: status, reason, tries. */
  ended(): readonly string[]
  connect(): RawConnection
  /** Sends a good request on a connection of its own, then one on a connection that all calls share. */
  expectServing(): Promise<void>
  requestsInFlight(): number
  stop(): Promise<void>
}

/** Long enough for a busy machine; whatever takes longer hangs. */
export const HANG_MS = 10_000

export const GOOD_TARGET = '/good'
export const goodRequest = (target: string): string =>
  `GET ${target} HTTP/1.1\r\nHost: shop.test\r\n\r\n`

/** Of forms, the body is read before it is known where they go: to one and the same upstream. */
const READS_FORMS = {
  name: 'traffic-split',
  config: {
    rules: [{ match: [{ vars: [['post_arg_a', '==', '']] }], weighted_upstreams: [{ weight: 1 }] }],
  },
}

export async function startWireBench(): Promise<WireBench> {
  const gateway: TestGateway = await startTestGateway()
  const upstream = await startStrictUpstream()
  await configureService(gateway, upstream.port)
  await gateway.admin('POST', '/services/shop/plugins', READS_FORMS)
  const connect = () => new RawConnection(gateway.proxyPort)
  let kept = connect()
  return {
    upstream,
    logged: gateway.logged,
    ended: () =>
      gateway.entries.map(({ status, reason, tries }) => `${status} ${reason ?? '-'} ${tries}`),
    connect,
    async expectServing() {
      gateway.entries.length = 0
      const fresh = connect()
      await expectServed(fresh)
      hangUp(fresh)
      const { closes } = await expectServed(kept)
      kept.text = ''
      if (closes) kept = connect()
    },
    requestsInFlight: () => gateway.node.requestsInFlight(),
    async stop() {
      hangUp(kept)
      await gateway.stop()
      await upstream.close()
    },
  }
}

/** Without leaving the port of the connection in use for a while. */
export function hangUp({ socket }: RawConnection): void {
  socket.resetAndDestroy()
}

async function expectServed(connection: RawConnection): Promise<{ readonly closes: boolean }> {
  connection.send(goodRequest(GOOD_TARGET))
  const read = () =>
    readAnswer(connection.text, 0, {
      to: { method: 'GET', version: '1.1' },
      isClosed: connection.isClosed,
    })
  await connection.until(({ isClosed }) => isClosed || read().kind !== 'incomplete', HANG_MS)
  const answer = read()
  if (answer.kind !== 'read' || answer.value.status !== 200) {
    throw new Error(`a good request got ${JSON.stringify(connection.text)}`)
  }
  return answer.value
}
