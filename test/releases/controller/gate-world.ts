import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'
import { startUpstream } from '../../support/test-upstream.ts'
import { until } from '../../support/until.ts'
import { type Received, startReceiver } from '../delivery/gate-server.ts'

type Respond = Parameters<typeof startReceiver>[0]
export type GateAnswer = (response: Parameters<Respond>[0]) => void

export interface ShownRelease {
  readonly phase: string
  readonly reason: string | null
  readonly share_percent: number
  readonly waiting_for: string | null
  readonly recorded: boolean
  readonly history: readonly { readonly type: string; readonly gate?: string }[]
}

export interface Delivery {
  readonly kind: string
  readonly name: string
  readonly status: number | null
  readonly accepted: boolean
  readonly attempt: number
  readonly detail: string
}

/** A gateway with releases, a server that is asked as a gate, and two versions of a service. */
export interface GateWorld {
  readonly gateway: TestGateway
  /** What gates say from now on, by their name; yes until it is set. */
  readonly answers: Map<string, GateAnswer>
  gateUrl(name: string): string
  /** Questions that a gate got, oldest first. */
  asked(name: string): readonly Received[]
  /** Creates a release of a service of its own; `path` leads to it. */
  release(fields: object): Promise<{ readonly path: string; readonly service: string }>
  show(path: string): Promise<ShownRelease>
  untilRelease(path: string, holds: (seen: ShownRelease) => boolean): Promise<ShownRelease>
  deliveries(path: string): Promise<readonly Delivery[]>
  /** Who serves a request to the service: `primary` or `canary`. */
  servedBy(service: string): Promise<string>
  close(): Promise<void>
}

export const say =
  (status: number, text = ''): GateAnswer =>
  (response) =>
    response.writeHead(status).end(text)

export async function startGateWorld(): Promise<GateWorld> {
  const answers = new Map<string, GateAnswer>()
  const nameOf = (url: string | undefined) => decodeURIComponent((url ?? '').slice(1))
  const gates = await startReceiver((response, n) =>
    (answers.get(nameOf(gates.received[n - 1]?.url)) ?? say(200))(response),
  )
  const primary = await startUpstream('primary')
  const canary = await startUpstream('canary')
  const gateway = await startTestGateway()
  const show = (path: string) => gateway.admin<ShownRelease>('GET', path)
  let count = 0
  return {
    gateway,
    answers,
    gateUrl: (name) => new URL(`/${encodeURIComponent(name)}`, gates.url).href,
    asked: (name) => gates.received.filter(({ url }) => nameOf(url) === name),
    async release(fields) {
      count += 1
      const service = `gated-${count}`
      await gateway.admin('POST', '/services', { name: service, url: `http://${primary.address}` })
      await gateway.admin('POST', `/services/${service}/routes`, { paths: [`/${service}/`] })
      const upstream = { upstream_host: '127.0.0.1', upstream_port: canary.port }
      const document = { name: service, service, canary: upstream, sticky: { by: 'none' } }
      await gateway.admin('POST', '/releases', { ...document, ...fields })
      return { path: `/releases/${service}`, service }
    },
    show,
    untilRelease: (path, holds) => until(() => show(path), holds),
    async deliveries(path) {
      const page = await gateway.admin<{ data: Delivery[] }>('GET', `${path}/deliveries?size=1000`)
      return page.data
    },
    servedBy: async (service) => (await fetch(`${gateway.node.proxy}/${service}/`)).text(),
    async close() {
      await gateway.stop()
      await Promise.all([gates.close(), primary.close(), canary.close()])
    },
  }
}
