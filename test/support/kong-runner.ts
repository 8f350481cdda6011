import { Agent } from 'node:http'
import {
  type Area,
  type Call,
  type Row,
  type Step,
  UPSTREAM_NAMES,
  type UpstreamAnswer,
  type UpstreamName,
} from '../kong/conformance.ts'
import { expectAnswer, type SeenByUpstream } from './kong-expectations.ts'
import { type KongAnswer, sendCall } from './kong-http.ts'
import { withPlaceholders } from './kong-placeholders.ts'
import { startTestGateway } from './test-gateway.ts'
import { deadPort, startUpstream, type TestUpstream } from './test-upstream.ts'

/** Runs the rows of one area, each against a gateway without configuration. */
export interface KongRunner {
  /** Throws vitest's own failure when an answer is not as the row says. */
  run(row: Row): Promise<void>
  stop(): Promise<void>
}

/** One gateway with the area's settings and three upstream servers, for all rows of the area. */
export async function startKongRunner(area: Pick<Area, 'settings'>): Promise<KongRunner> {
  let answer: UpstreamAnswer = {}
  const upstreams = await startUpstreams(() => answer)
  const gateway = await startTestGateway({ settings: area.settings ?? {} })
  const dead = await deadPort()
  const agent = new Agent({ keepAlive: true })
  const adminPort = Number(new URL(gateway.node.admin).port)
  const ports = { admin: adminPort, proxy: gateway.proxyPort }

  const filledIn = <T>(value: T): T =>
    withPlaceholders(value, {
      one: upstreams.one.port,
      two: upstreams.two.port,
      three: upstreams.three.port,
      dead,
      now: Math.floor(gateway.now() / 1000),
    })
  const send = (call: Call): Promise<KongAnswer> => sendCall(filledIn(call), agent, ports[call.to])
  const prepare = async (call: Call) => {
    const { status, text } = await send(call)
    if (status > 299) throw new Error(`given ${call.method} ${call.path}: ${status} ${text}`)
  }
  const check = async ({ request, expect, times = 1 }: Step & Pick<Row, 'times'>) => {
    for (const name of UPSTREAM_NAMES) upstreams[name].seen.length = 0
    const { spread, isSticky, ...each } = filledIn(expect)
    for (let i = 1; i < times; i++) expectAnswer(await send(request), seenBy(upstreams), each)
    expectAnswer(await send(request), seenBy(upstreams), filledIn(expect))
  }
  return {
    async run(row) {
      answer = row.upstreamAnswer ?? {}
      try {
        for (const call of row.given ?? []) await prepare(call)
        await check(row)
        for (const step of row.afterwards ?? []) await check(step)
        if (gateway.logged.length > 0) throw new Error(`logged: ${gateway.logged.join('')}`)
      } finally {
        gateway.logged.length = 0
        await clear(send, touchedBy(row))
      }
    },
    async stop() {
      agent.destroy()
      await gateway.stop()
      for (const name of UPSTREAM_NAMES) await upstreams[name].close()
    },
  }
}

async function startUpstreams(
  answer: () => UpstreamAnswer,
): Promise<Record<UpstreamName, TestUpstream>> {
  const start = (name: UpstreamName) =>
    startUpstream(name, (_request, response) => {
      const { status = 200, headers = [], body = name } = answer()
      response.writeHead(status, headers.flat())
      response.end(body)
    })
  return { one: await start('one'), two: await start('two'), three: await start('three') }
}

function seenBy(upstreams: Readonly<Record<UpstreamName, TestUpstream>>): SeenByUpstream {
  return { one: upstreams.one.seen, two: upstreams.two.seen, three: upstreams.three.seen }
}

/** Children before parents; what hangs on a consumer, an upstream or a certificate goes with it. */
const COLLECTIONS = [
  'plugins',
  'routes',
  'services',
  'consumers',
  'consumer_groups',
  'upstreams',
  'certificates',
  'ca_certificates',
] as const

/** Collections in which a row may leave something: those it writes to by any part of a path, and those nested in them. */
function touchedBy({ given = [], request, afterwards = [] }: Row): readonly string[] {
  const written = [...given, request, ...afterwards.map((step) => step.request)]
    .filter(({ to, method }) => to === 'admin' && method !== 'GET')
    .flatMap(({ path }) => path.split(/[/?]/))
  const isWritten = (name: string) =>
    written.includes(name) || written.includes(name.replace(/s$/, ''))
  if (written.includes('config')) return COLLECTIONS
  const touched = new Set<string>(COLLECTIONS.filter(isWritten))
  if (touched.has('services')) touched.add('routes')
  if (written.length > 0) touched.add('plugins')
  return COLLECTIONS.filter((name) => touched.has(name))
}

async function clear(
  send: (call: Call) => Promise<KongAnswer>,
  collections: readonly string[],
): Promise<void> {
  const call = { to: 'admin', headers: {}, body: null } as const
  for (const name of collections) {
    const path = `/${name}?size=1000`
    const { status, text } = await send({ ...call, method: 'GET', path })
    if (status === 404) continue
    const { data } = JSON.parse(text) as { data: readonly { id: string }[] }
    for (const { id } of data) await send({ ...call, method: 'DELETE', path: `/${name}/${id}` })
  }
}
