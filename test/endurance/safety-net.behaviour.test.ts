import { afterEach, beforeEach, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { type ClientAnswer, KeepAliveClient } from '../support/keep-alive-client.ts'
import { seriesOf } from '../support/read-metrics.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { deadPort, startUpstream, type TestUpstream } from '../support/test-upstream.ts'
import { IS_FULL } from './scale.ts'

const REQUESTS = IS_FULL ? 20_000 : 2_000
const SHARE_PERCENT = 20
const CLIENTS = 32

let gateway: TestGateway
let primary: TestUpstream

beforeEach(async () => {
  gateway = await startTestGateway()
  primary = await startUpstream('primary')
})

afterEach(async () => {
  await gateway.stop()
  await primary.close()
})

it(`${REQUESTS} GETs at ${SHARE_PERCENT} %, the canary dead: no client sees it, and every failure is counted`, {
  timeout: 240_000,
}, async () => {
  await configureService(gateway, primary.port)
  await gateway.admin('POST', '/services/shop/plugins', {
    name: 'canary',
    config: {
      percentage: SHARE_PERCENT,
      hash: 'none',
      upstream_port: await deadPort(),
      safety_net: true,
    },
  })
  let left = REQUESTS
  let caught = 0
  const failed: ClientAnswer[] = []
  const ask = async () => {
    const client = await KeepAliveClient.connect(gateway.proxyPort)
    while (left > 0) {
      left -= 1
      const answer = await client.ask('/')
      if (answer.status !== 200) failed.push(answer)
      if (/^canary-variant: primary; fallback$/im.test(answer.head)) caught += 1
    }
    client.close()
  }
  await Promise.all(Array.from({ length: CLIENTS }, ask))
  expect(failed).toEqual([])
  expect(caught).toBe((REQUESTS * SHARE_PERCENT) / 100)
  expect(await seriesOf(gateway, 'canary_fallbacks_total')).toEqual({ 'service="shop"': caught })
  expect(await seriesOf(gateway, 'canary_requests_total')).toEqual({
    'service="shop",variant="canary",status="502"': caught,
    'service="shop",variant="primary",status="200"': REQUESTS,
  })
})
