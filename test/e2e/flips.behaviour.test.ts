import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configureService, configureUpstream } from '../support/configure.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

const FLIPS = 2_000
const CLIENTS = 64

let gateway: TestGateway
let v1: TestUpstream
let v2: TestUpstream
let serviceId: string

beforeAll(async () => {
  const answer = (name: string) => startUpstream(name, (_request, response) => response.end(name))
  ;[v1, v2] = await Promise.all([answer('v1'), answer('v2')])
  gateway = await startTestGateway()
  await configureUpstream(gateway, 'blue', { [v1.address]: 100 })
  await configureUpstream(gateway, 'green', { [v2.address]: 100 })
  ;({ serviceId } = await configureService(gateway, 80, { service: { host: 'blue' } }))
})

afterAll(async () => {
  await gateway.stop()
  await Promise.all([v1.close(), v2.close()])
})

/** What the side is while no change is under way. */
interface Position {
  side: string
  /** Grows when a change begins: an answer to a request sent before may be of either side. */
  changes: number
}

interface Findings {
  requests: number
  failed: string[]
  onOldSide: number
}

/** Between two requests of a client: the load is to meet the flips at every moment, not to slow them down. */
const PAUSE_MS = 100

/** Asks until told to stop, and judges every answer. */
async function keepAsking(position: Position, findings: Findings, signal: AbortSignal) {
  const client = await KeepAliveClient.connect(gateway.proxyPort)
  while (!signal.aborted) {
    const { side, changes } = position
    const answer = await client.ask('/').catch((error: Error) => error)
    findings.requests += 1
    if (answer instanceof Error) findings.failed.push(answer.message)
    else if (answer.status !== 200) findings.failed.push(answer.head)
    else if (answer.body !== side && changes === position.changes) findings.onOldSide += 1
    await pause(PAUSE_MS)
  }
  client.close()
}

async function flipUnderLoad(
  sides: readonly [string, string],
  flip: (index: 0 | 1) => Promise<unknown>,
) {
  const position: Position = { side: sides[0], changes: 0 }
  const findings: Findings = { requests: 0, failed: [], onOldSide: 0 }
  const stop = new AbortController()
  await flip(0)
  const clients = Array.from({ length: CLIENTS }, () => keepAsking(position, findings, stop.signal))
  const probe = await KeepAliveClient.connect(gateway.proxyPort)
  for (let i = 1; i <= FLIPS; i += 1) {
    const index = (i % 2) as 0 | 1
    position.changes += 1
    await flip(index)
    position.side = sides[index]
    position.changes += 1
    const answer = await probe.ask('/')
    if (answer.body !== sides[index]) findings.onOldSide += 1
  }
  stop.abort()
  await Promise.all(clients)
  probe.close()
  return findings
}

describe(`${FLIPS} flips under ${CLIENTS} keep-alive clients`, () => {
  it('by PATCH of service.host: no failed request, none on the old side after the answer', {
    timeout: 120_000,
  }, async () => {
    const findings = await flipUnderLoad(['v1', 'v2'], (index) =>
      gateway.admin('PATCH', `/services/${serviceId}`, { host: ['blue', 'green'][index] }),
    )
    expect(findings).toMatchObject({ failed: [], onOldSide: 0 })
    expect(findings.requests).toBeGreaterThan(FLIPS)
  })

  it('of the canary percentage 0/100: no failed request, none on the old side after the answer', {
    timeout: 120_000,
  }, async () => {
    await gateway.admin('PATCH', `/services/${serviceId}`, { host: 'blue' })
    const { id } = await gateway.admin<{ id: string }>('POST', '/plugins', {
      name: 'canary',
      service: { id: serviceId },
      config: { upstream_host: 'green', percentage: 0 },
    })
    const findings = await flipUnderLoad(['v1', 'v2'], (index) =>
      gateway.admin('PATCH', `/plugins/${id}`, { config: { percentage: index * 100 } }),
    )
    expect(findings).toMatchObject({ failed: [], onOldSide: 0 })
    expect(findings.requests).toBeGreaterThan(FLIPS)
  })
})
